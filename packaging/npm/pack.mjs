// Lays out the npm packages: `wecheck` (a launcher) and one package a platform (the binary alone).
//
//   node packaging/npm/pack.mjs OUT linux-x64=target/release/wecheck [darwin-arm64=…]
//
// In: the folder to write and a binary for each platform that was built. Out: OUT/wecheck and
// OUT/<platform>, ready for `npm pack` or `npm publish`. There is no install script.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "win32-x64"];

const cargo = readFileSync(join(root, "Cargo.toml"), "utf8");
const field = (name) => cargo.match(new RegExp(`^${name} = "([^"]*)"`, "m"))[1];
const shared = {
  version: field("version"),
  description: field("description"),
  license: field("license"),
  keywords: ["wechat", "wecom", "weixin", "jssdk", "invalid signature", "errcode"],
};

const [out, ...built] = process.argv.slice(2);
const binaries = new Map(built.map((pair) => pair.split("=", 2)));
if (!out || binaries.size === 0 || [...binaries.keys()].some((name) => !PLATFORMS.includes(name))) {
  console.error(`usage: node packaging/npm/pack.mjs OUT PLATFORM=BINARY …\nplatforms: ${PLATFORMS.join(" ")}`);
  process.exit(2);
}

function write(folder, manifest, files) {
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ ...manifest, ...shared }, null, 2)}\n`);
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, name), join(folder, name));
  for (const [from, to] of files) {
    copyFileSync(from, join(folder, to));
    if (to.startsWith("bin/")) chmodSync(join(folder, to), 0o755);
  }
}

for (const [platform, binary] of binaries) {
  const [os, cpu] = platform.split("-");
  const file = os === "win32" ? "bin/wecheck.exe" : "bin/wecheck";
  write(join(out, platform), { name: `@wecheck/${platform}`, os: [os], cpu: [cpu], files: ["bin"] }, [[binary, file]]);
}
write(
  join(out, "wecheck"),
  {
    name: "wecheck",
    bin: { wecheck: "bin/wecheck.js" },
    files: ["bin"],
    engines: { node: ">=18" },
    optionalDependencies: Object.fromEntries(PLATFORMS.map((name) => [`@wecheck/${name}`, shared.version])),
  },
  [
    [join(root, "packaging/npm/wecheck.js"), "bin/wecheck.js"],
    [join(root, "packaging/npm/README.md"), "README.md"],
  ],
);
console.log(`${out}: wecheck ${shared.version} and ${[...binaries.keys()].join(", ")}`);
