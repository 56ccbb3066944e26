-- Who an account is at the provider of the single sign-on: issuer and subject, which never change there.
ALTER TABLE "staff" ADD COLUMN "sso_subject" TEXT;
CREATE UNIQUE INDEX "staff_sso_subject_key" ON "staff"("sso_subject");
