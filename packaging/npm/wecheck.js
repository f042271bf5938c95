#!/usr/bin/env node
// Starts the wecheck binary that npm installed for this machine, and ends as it ends.
// In: the arguments. Out: the binary's own streams and exit code; nothing is downloaded.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const BINARY = process.platform === "win32" ? "wecheck.exe" : "wecheck";
const NAME = `@wecheck/${process.platform}-${process.arch}`;

function locate() {
  try {
    return require.resolve(`${NAME}/bin/${BINARY}`);
  } catch {
    console.error(`error: the package \`${NAME}\` is not installed (npm leaves it out with --omit=optional)`);
    console.error("hint: npm install wecheck --include=optional, or cargo install wecheck --locked");
    process.exit(3);
  }
}

const child = spawn(locate(), process.argv.slice(2), { stdio: "inherit" });
// Ctrl-C reaches the child through the terminal; this process waits for its answer.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`error: the binary cannot be started: ${error.code ?? error.message}`);
  process.exit(70);
});
child.on("close", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
