import { deviceParamsSchema, idParamsSchema, pageQuerySchema, type Role } from "../portal";
import {
  bulkChangeReplySchema,
  bulkChangeSchema,
  commitImportSchema,
  deviceCredentialSchema,
  deviceListQuerySchema,
  deviceListSchema,
  deviceReasonSchema,
  deviceSchema,
  enrolmentCodeSchema,
  importJobListSchema,
  importJobSchema,
  importNameQuerySchema,
  importRowListSchema,
  importRowQuerySchema,
  subscriberDetailSchema,
  subscriberFilterSchema,
  subscriberInputSchema,
  subscriberListQuerySchema,
  subscriberListSchema,
} from "../subscribers";
import type { ApiCalls } from "./api-call";

const readers: readonly Role[] = ["admin", "operator", "support"];
const writers: readonly Role[] = ["admin", "operator"];

/** Subscribers, their devices, imports, and the support desk. */
export const subscriberCalls = {
  devices: {
    GET: {
      summary: "Devices, newest first",
      caller: readers,
      query: deviceListQuerySchema,
      answer: { json: deviceListSchema },
    },
  },
  "devices/[deviceId]/revoke": {
    POST: {
      summary: "Take a device's access away for good",
      caller: writers,
      params: deviceParamsSchema,
      body: deviceReasonSchema,
      answer: { json: deviceSchema },
    },
  },
  "devices/[deviceId]/rotate": {
    POST: {
      summary: "Give a device a new secret, shown once",
      caller: writers,
      params: deviceParamsSchema,
      answer: { json: deviceCredentialSchema },
    },
  },
  "subscriber-imports": {
    GET: {
      summary: "Imports, newest first",
      caller: readers,
      query: pageQuerySchema,
      answer: { json: importJobListSchema },
    },
    POST: {
      summary: "Upload a CSV file for a dry run",
      caller: writers,
      query: importNameQuerySchema,
      upload: "text/csv",
      answer: { json: importJobSchema },
      status: 201,
    },
  },
  "subscriber-imports/[id]": {
    GET: { summary: "An import", caller: readers, params: idParamsSchema, answer: { json: importJobSchema } },
  },
  "subscriber-imports/[id]/cancel": {
    POST: { summary: "End an import", caller: writers, params: idParamsSchema, answer: { json: importJobSchema } },
  },
  "subscriber-imports/[id]/commit": {
    POST: {
      summary: "Write what the dry run showed",
      caller: writers,
      params: idParamsSchema,
      body: commitImportSchema,
      answer: { json: importJobSchema },
    },
  },
  "subscriber-imports/[id]/result": {
    GET: { summary: "The file with what became of each row", caller: writers, params: idParamsSchema, answer: "csv" },
  },
  "subscriber-imports/[id]/rows": {
    GET: {
      summary: "Rows of an import",
      caller: readers,
      params: idParamsSchema,
      query: importRowQuerySchema,
      answer: { json: importRowListSchema },
    },
  },
  subscribers: {
    GET: {
      summary: "Subscribers, by MSISDN",
      caller: readers,
      query: subscriberListQuerySchema,
      answer: { json: subscriberListSchema },
    },
    POST: {
      summary: "Make a subscriber",
      caller: writers,
      body: subscriberInputSchema,
      answer: { json: subscriberDetailSchema },
      status: 201,
    },
  },
  "subscribers/[id]": {
    GET: { summary: "A subscriber", caller: readers, params: idParamsSchema, answer: { json: subscriberDetailSchema } },
    PUT: {
      summary: "Change a subscriber",
      caller: writers,
      params: idParamsSchema,
      body: subscriberInputSchema,
      needs: ["If-Match"],
      answer: { json: subscriberDetailSchema },
    },
    DELETE: {
      summary: "Remove a subscriber with its devices",
      caller: writers,
      params: idParamsSchema,
      needs: ["If-Match"],
      answer: "nothing",
    },
  },
  "subscribers/[id]/enrolment-codes": {
    POST: {
      summary: "A one-time code that enrols a device, shown once",
      caller: writers,
      params: idParamsSchema,
      answer: { json: enrolmentCodeSchema },
      status: 201,
    },
  },
  "subscribers/bulk": {
    POST: {
      summary: "Change many subscribers at once",
      caller: writers,
      body: bulkChangeSchema,
      needs: ["Idempotency-Key"],
      answer: { json: bulkChangeReplySchema },
    },
  },
  "subscribers/export": {
    GET: {
      summary: "Subscribers as a file that imports again",
      caller: writers,
      query: subscriberFilterSchema,
      answer: "csv",
    },
  },
} satisfies ApiCalls;
