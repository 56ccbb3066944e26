/** Id of the list that the notices are in. */
export const noticesId = "notices";

/** Put the notices above every open dialog: of the browser's top layer what entered last is uppermost. */
export function liftNotices(): void {
  const notices = document.getElementById(noticesId);
  notices?.togglePopover?.(false);
  notices?.togglePopover?.(true);
}
