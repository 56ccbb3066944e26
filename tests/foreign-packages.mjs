/** Programs that are not ours and speak to proxies, with the Debian package of each. */
export const foreignPackages = [
  { command: "curl", name: "curl" },
  { command: "wget", name: "wget" },
  { command: "git", name: "git" },
  { command: "openssl", name: "openssl" },
  { command: "python3", name: "python3-minimal" },
  { command: "apt-ftparchive", name: "apt-utils" },
  { command: "proxychains4", name: "proxychains4" },
  { command: "nc", name: "netcat-openbsd" },
  { command: "ssh", name: "openssh-client" },
  { command: "dropbear", name: "dropbear-bin" },
  { command: "chromium", name: "chromium" },
];
