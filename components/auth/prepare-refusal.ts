import type { Translate } from "@/lib/words/translate";

export type Refusal = { title: string; detail: string };

const byProvider = (t: Translate) => t("auth.anAdministratorOfTheProviderCan");

const refusals = (t: Translate): Readonly<Record<string, Refusal>> => ({
  CredentialsSignin: {
    title: t("auth.emailAddressOrPasswordIsWrong"),
    detail: t("auth.checkBothAndTryAgainForgotten"),
  },
  SIGN_IN_THROTTLED: {
    title: t("auth.tooManyTries"),
    detail: t("auth.waitAQuarterOfAnHour"),
  },
  SECOND_FACTOR_REFUSED: {
    title: t("auth.thisCodeDoesNotFit"),
    detail: t("auth.eachCodeWorksOnceWaitFor"),
  },
  SECOND_FACTOR_UNREADABLE: {
    title: t("auth.yourSecondFactorCannotBeChecked"),
    detail: t("auth.thePortalsSecretHasChangedAn"),
  },
  SSO_NO_ROLE: { title: t("auth.yourGroupsHaveNoRoleIn"), detail: byProvider(t) },
  SSO_DISABLED: {
    title: t("auth.yourAccountIsDisabled"),
    detail: t("auth.anAdministratorOfThisPortalDisabled"),
  },
  SSO_NO_EMAIL: {
    title: t("auth.theProviderGivesNoEmailAddress"),
    detail: t("auth.anAccountNeedsOneThatThe"),
  },
  SSO_EMAIL_TAKEN: {
    title: t("auth.aLocalAccountHasYourEmail"),
    detail: t("auth.signInWithThatAccountsPassword"),
  },
  OAuthSignin: {
    title: t("auth.theProviderDoesNotAnswer"),
    detail: t("auth.tryAgainInAMomentOr"),
  },
});

/** The sign-in's answer as something to do next. */
export function prepareRefusal(t: Translate, error: string | null | undefined): Refusal {
  const known = Object.hasOwn(refusals(t), error ?? "") ? refusals(t)[error ?? ""] : undefined;
  return (
    known ?? {
      title: t("auth.thePortalCouldNotSignYou"),
      detail: t("auth.itDidNotAnswerAsExpected"),
    }
  );
}
