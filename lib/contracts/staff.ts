import * as z from "zod";
import { timestampSchema } from "./access";
import { languageSchema, pageQuerySchema, roleSchema } from "./portal";

const nameSchema = z.string().trim().min(1).max(80);
const reasonSchema = z.string().trim().min(3).max(500);

/** `invited`: has no password yet. */
export const staffStateSchema = z.enum(["invited", "active", "disabled"]);

export const staffMemberSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  state: staffStateSchema,
  createdAt: timestampSchema,
  lastSignInAt: timestampSchema.nullable(),
  /** Until when the account's one-time link works; null: there is none. */
  linkExpiresAt: timestampSchema.nullable(),
  hasSecondFactor: z.boolean(),
  etag: z.string(),
});

/** `GET /api/staff?cursor=&limit=`, newest first. */
export const staffListSchema = z.object({ items: z.array(staffMemberSchema), nextCursor: z.string().nullable() });
export const staffListQuerySchema = pageQuerySchema;

/** `POST /api/staff`: an account, and the link with which its owner chooses the password. */
export const staffInputSchema = z.object({ name: nameSchema, email: z.email().max(254), role: roleSchema });

/** A one-time link: shown once, works once. Also the answer to `POST /api/staff/:id/links` (no body). */
export const staffLinkSchema = z.object({ url: z.string(), expiresAt: timestampSchema });
export const newStaffSchema = z.object({ member: staffMemberSchema, link: staffLinkSchema });

/** `PUT /api/staff/:id` takes `If-Match`. Who is disabled is signed out everywhere at once. */
export const staffChangeSchema = z.object({
  name: nameSchema,
  role: roleSchema,
  isDisabled: z.boolean(),
  reason: reasonSchema,
});

/** `POST /api/choose-password`: with the token of a one-time link; ends every sign-in session of the account. */
export const choosePasswordSchema = z.object({
  token: z.string().min(16).max(64),
  password: z.string().min(12).max(256),
});

/** `GET /api/account/sessions` and `GET /api/staff/:id/sessions`: those that still count, newest first. */
export const staffSessionSchema = z.object({
  id: z.uuid(),
  createdAt: timestampSchema,
  lastSeenAt: timestampSchema,
  expiresAt: timestampSchema,
  /** Where the sign-in came from; empty where it is not known. */
  address: z.string(),
  /** The browser's own word (User-Agent). */
  browser: z.string(),
  /** The one that asks. */
  isCurrent: z.boolean(),
});
export const staffSessionListSchema = z.object({ items: z.array(staffSessionSchema) });

/** `POST /api/staff/:id/sessions/revoke`: one of them, or with null all. */
export const revokeSessionsSchema = z.object({ sessionId: z.uuid().nullable(), reason: reasonSchema });
/** Also the answer to `POST /api/account/sessions/revoke-others` (no body) and `…/:id/revoke` (no body). */
export const revokedSessionsSchema = z.object({ revoked: z.int().min(0) });

/** `POST /api/account/password`: ends all other sign-in sessions of the account. */
export const changePasswordSchema = z.object({
  currentPassword: z.string().max(256),
  password: z.string().min(12).max(256),
});

/** `PUT /api/account/language`: goes with the account to every browser. */
export const chooseLanguageSchema = z.object({ language: languageSchema });

/** `GET /api/account/second-factor`. */
export const secondFactorSchema = z.object({ isOn: z.boolean(), recoveryCodesLeft: z.int().min(0) });
/** `POST /api/account/second-factor`: begins; it is asked for only once a code confirmed it. */
export const beginSecondFactorSchema = z.object({ password: z.string().max(256) });
/** Shown once: the secret in base32 (RFC 4648 §6), and what the QR code holds. */
export const secondFactorSecretSchema = z.object({ secret: z.string(), uri: z.string() });
/** `POST /api/account/second-factor/confirm`, and `…/remove`, which takes a recovery code too. */
export const secondFactorCodeSchema = z.object({ code: z.string().trim().min(6).max(20) });
/** Shown once; each works once, in place of a code. */
export const recoveryCodesSchema = z.object({ recoveryCodes: z.array(z.string()) });
/** `POST /api/staff/:id/second-factor/remove`. */
export const removeSecondFactorSchema = z.object({ reason: reasonSchema });

export type SecondFactor = z.infer<typeof secondFactorSchema>;
export type SecondFactorSecret = z.infer<typeof secondFactorSecretSchema>;
export type RecoveryCodes = z.infer<typeof recoveryCodesSchema>;
export type StaffState = z.infer<typeof staffStateSchema>;
export type StaffMember = z.infer<typeof staffMemberSchema>;
export type StaffList = z.infer<typeof staffListSchema>;
export type StaffInput = z.infer<typeof staffInputSchema>;
export type StaffLink = z.infer<typeof staffLinkSchema>;
export type NewStaff = z.infer<typeof newStaffSchema>;
export type StaffChange = z.infer<typeof staffChangeSchema>;
export type StaffSession = z.infer<typeof staffSessionSchema>;
export type StaffSessionList = z.infer<typeof staffSessionListSchema>;
export type RevokedSessions = z.infer<typeof revokedSessionsSchema>;
