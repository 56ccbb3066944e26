import {
  apiTokenInputSchema,
  apiTokenListSchema,
  apiTokenSchema,
  newApiTokenSchema,
  revokeTokenSchema,
} from "../api-tokens";
import { auditFilterSchema, auditListQuerySchema, auditListSchema, auditVerdictSchema } from "../audit";
import { idParamsSchema, meSchema, pageQuerySchema } from "../portal";
import {
  beginSecondFactorSchema,
  changePasswordSchema,
  chooseLanguageSchema,
  choosePasswordSchema,
  newStaffSchema,
  recoveryCodesSchema,
  removeSecondFactorSchema,
  revokedSessionsSchema,
  revokeSessionsSchema,
  secondFactorCodeSchema,
  secondFactorSchema,
  secondFactorSecretSchema,
  staffChangeSchema,
  staffInputSchema,
  staffLinkSchema,
  staffListQuerySchema,
  staffListSchema,
  staffMemberSchema,
  staffSessionListSchema,
} from "../staff";
import { tableViewInputSchema, tableViewListSchema, tableViewQuerySchema, tableViewSchema } from "../table-views";
import { type ApiCalls, admins, everyRole } from "./api-call";

/** Staff, one's own account, tokens and the audit log. */
export const governCalls = {
  "account/language": {
    PUT: {
      summary: "Choose the language of one's own pages",
      caller: everyRole,
      body: chooseLanguageSchema,
      answer: "nothing",
    },
  },
  "account/password": {
    POST: {
      summary: "Change one's own password; all other sign-ins end",
      caller: everyRole,
      body: changePasswordSchema,
      answer: "nothing",
    },
  },
  "account/second-factor": {
    GET: { summary: "Whether one has a second factor", caller: everyRole, answer: { json: secondFactorSchema } },
    POST: {
      summary: "Make the secret of a second factor, shown once",
      caller: everyRole,
      body: beginSecondFactorSchema,
      answer: { json: secondFactorSecretSchema },
      status: 201,
    },
  },
  "account/second-factor/confirm": {
    POST: {
      summary: "Turn it on with a code; gives recovery codes, shown once",
      caller: everyRole,
      body: secondFactorCodeSchema,
      answer: { json: recoveryCodesSchema },
    },
  },
  "account/second-factor/remove": {
    POST: {
      summary: "Turn it off with a code",
      caller: everyRole,
      body: secondFactorCodeSchema,
      answer: "nothing",
    },
  },
  "account/sessions": {
    GET: { summary: "Where one is signed in", caller: everyRole, answer: { json: staffSessionListSchema } },
  },
  "account/sessions/[id]/revoke": {
    POST: {
      summary: "End one of one's own sign-ins",
      caller: everyRole,
      params: idParamsSchema,
      answer: { json: revokedSessionsSchema },
    },
  },
  "account/sessions/revoke-others": {
    POST: { summary: "End all of them but this one", caller: everyRole, answer: { json: revokedSessionsSchema } },
  },
  "account/views": {
    GET: {
      summary: "One's own views of a list, by name",
      caller: everyRole,
      query: tableViewQuerySchema,
      answer: { json: tableViewListSchema },
    },
    POST: {
      summary: "Keep what a list shows under a name",
      caller: everyRole,
      body: tableViewInputSchema,
      answer: { json: tableViewSchema },
      status: 201,
    },
  },
  "account/views/[id]": {
    DELETE: { summary: "Delete one of one's own views", caller: everyRole, params: idParamsSchema, answer: "nothing" },
  },
  audit: {
    GET: {
      summary: "What was done, newest first",
      caller: admins,
      query: auditListQuerySchema,
      answer: { json: auditListSchema },
    },
  },
  "audit/export": {
    GET: { summary: "What was done, as a file, oldest first", caller: admins, query: auditFilterSchema, answer: "csv" },
  },
  "audit/verification": {
    GET: { summary: "Walk the whole hash chain", caller: admins, answer: { json: auditVerdictSchema } },
  },
  "choose-password": {
    POST: {
      summary: "Set an account's password with its one-time link",
      caller: "anyone",
      body: choosePasswordSchema,
      answer: { json: meSchema },
    },
  },
  staff: {
    GET: {
      summary: "Accounts, newest first",
      caller: admins,
      query: staffListQuerySchema,
      answer: { json: staffListSchema },
    },
    POST: {
      summary: "Make an account and its one-time link",
      caller: admins,
      body: staffInputSchema,
      answer: { json: newStaffSchema },
      status: 201,
    },
  },
  "staff/[id]": {
    PUT: {
      summary: "Change an account's name and role, disable and enable it",
      caller: admins,
      params: idParamsSchema,
      body: staffChangeSchema,
      needs: ["If-Match"],
      answer: { json: staffMemberSchema },
    },
  },
  "staff/[id]/links": {
    POST: {
      summary: "A new one-time link, shown once",
      caller: admins,
      params: idParamsSchema,
      answer: { json: staffLinkSchema },
      status: 201,
    },
  },
  "staff/[id]/second-factor/remove": {
    POST: {
      summary: "Turn an account's second factor off",
      caller: admins,
      params: idParamsSchema,
      body: removeSecondFactorSchema,
      answer: "nothing",
    },
  },
  "staff/[id]/sessions": {
    GET: {
      summary: "Where an account is signed in",
      caller: admins,
      params: idParamsSchema,
      answer: { json: staffSessionListSchema },
    },
  },
  "staff/[id]/sessions/revoke": {
    POST: {
      summary: "End one of its sign-ins, or all",
      caller: admins,
      params: idParamsSchema,
      body: revokeSessionsSchema,
      answer: { json: revokedSessionsSchema },
    },
  },
  tokens: {
    GET: {
      summary: "API tokens, newest first",
      caller: admins,
      query: pageQuerySchema,
      answer: { json: apiTokenListSchema },
    },
    POST: {
      summary: "Make a token; its secret is shown once",
      caller: admins,
      body: apiTokenInputSchema,
      answer: { json: newApiTokenSchema },
      status: 201,
    },
  },
  "tokens/[id]/revoke": {
    POST: {
      summary: "End a token",
      caller: admins,
      params: idParamsSchema,
      body: revokeTokenSchema,
      answer: { json: apiTokenSchema },
    },
  },
} satisfies ApiCalls;
