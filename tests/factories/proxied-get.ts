import { request } from "node:http";

export type DeviceSecret = { deviceId: string; secret: string };

/** A page fetched through a proxy of this machine by HTTP; resolves to its text. Errors: Error with the status. */
export function proxiedGet(proxyPort: number, url: string, { deviceId, secret }: DeviceSecret): Promise<string> {
  const credentials = Buffer.from(`${deviceId}:${secret}`).toString("base64");
  return new Promise((resolve, reject) => {
    const headers = { "proxy-authorization": `Basic ${credentials}`, connection: "close", host: new URL(url).host };
    const asked = request({ host: "127.0.0.1", port: proxyPort, path: url, headers, timeout: 10_000 });
    asked.once("timeout", () => asked.destroy(new Error("no answer in 10 s"))).once("error", reject);
    asked.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => (text += chunk));
      response.once("error", reject).once("end", () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${response.statusCode}: ${text}`));
      });
    });
    asked.end();
  });
}
