"use client";

import { useCallback, useEffect, useState } from "react";

/** Full screen for the projector: the shell is hidden by `data-full-screen` on <html>. Left behind with the page. */
export function useFullScreen(): { isFullScreen: boolean; toggle: () => void } {
  const [isFullScreen, setFullScreen] = useState(false);

  useEffect(() => {
    const root = document.documentElement;
    const onChange = () => {
      const isOn = document.fullscreenElement !== null;
      setFullScreen(isOn);
      root.toggleAttribute("data-full-screen", isOn);
    };
    document.addEventListener("fullscreenchange", onChange);
    return () => {
      document.removeEventListener("fullscreenchange", onChange);
      root.removeAttribute("data-full-screen");
      if (document.fullscreenElement !== null) void document.exitFullscreen();
    };
  }, []);

  const toggle = useCallback(() => {
    if (document.fullscreenElement === null) void document.documentElement.requestFullscreen();
    else void document.exitFullscreen();
  }, []);
  return { isFullScreen, toggle };
}
