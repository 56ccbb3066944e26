"use client";

import { Check, Copy } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { copyText } from "./copy-text";
import { IconButton } from "./icon-button";
import { useNotify } from "./toast";

export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useTranslations();
  const notify = useNotify();
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) {
      notify({ tone: "bad", title: t("common.notCopied") });
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <IconButton label={isCopied ? t("common.copied") : label} onClick={copy} className="size-7">
      {isCopied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
    </IconButton>
  );
}
