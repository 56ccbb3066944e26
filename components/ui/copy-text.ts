/** By a selection that nobody sees; in the open dialog, if there is one, for what lies outside of it is inert. */
function copySelected(text: string): boolean {
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "fixed top-0 left-0 opacity-0";
  (dialog ?? document.body).append(area);
  area.focus({ preventScroll: true });
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return isCopied;
}

/** Put a text on the clipboard, on plain http too, where the browser offers none; says whether it is there. */
export async function copyText(text: string): Promise<boolean> {
  if (!window.isSecureContext) return copySelected(text);
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => copySelected(text),
  );
}
