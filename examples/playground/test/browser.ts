import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";

/** Where Chromium is: `DEVFLOW_CHROMIUM`, or a place where systems put it. */
export const chromiumPath: string | undefined = [
  process.env["DEVFLOW_CHROMIUM"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
].find((path) => path !== undefined && existsSync(path));

/** Opens Chromium without a window and without talking to anybody. */
export async function openChromium(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return chromium.launch({
    ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
