export type Refusal = { title: string; detail: string };

const byProvider = "An administrator of the provider can change your groups, one of this portal what they may.";

const refusals: Readonly<Record<string, Refusal>> = {
  CredentialsSignin: {
    title: "Email address or password is wrong",
    detail: "Check both and try again. Forgotten? An administrator can make you a link for a new password.",
  },
  SIGN_IN_THROTTLED: {
    title: "Too many tries",
    detail: "Wait a quarter of an hour, then try again. Other people's sign-ins are not affected.",
  },
  SECOND_FACTOR_REFUSED: {
    title: "This code does not fit",
    detail: "Each code works once. Wait for the next one, or use a recovery code.",
  },
  SECOND_FACTOR_UNREADABLE: {
    title: "Your second factor cannot be checked",
    detail: "The portal's secret has changed. An administrator can turn your second factor off.",
  },
  SSO_NO_ROLE: { title: "Your groups have no role in this portal", detail: byProvider },
  SSO_DISABLED: {
    title: "Your account is disabled",
    detail: "An administrator of this portal disabled it and can enable it again.",
  },
  SSO_NO_EMAIL: {
    title: "The provider gives no email address",
    detail: "An account needs one that the provider vouches for. Its administrators can add it.",
  },
  SSO_EMAIL_TAKEN: {
    title: "A local account has your email address",
    detail: "Sign in with that account's password, or have an administrator change it.",
  },
  OAuthSignin: {
    title: "The provider does not answer",
    detail: "Try again in a moment, or sign in with a password where you have one.",
  },
};

/** The sign-in's answer as something to do next. */
export function prepareRefusal(error: string | null | undefined): Refusal {
  const known = Object.hasOwn(refusals, error ?? "") ? refusals[error ?? ""] : undefined;
  return (
    known ?? {
      title: "The portal could not sign you in",
      detail: "It did not answer as expected. Check that it and its database run, then try again.",
    }
  );
}
