"use strict";

const http = require("http");
const os = require("os");

const PORT = Number(process.env.PORT) || 3000;
const WORD = "{{word}}";

const server = http.createServer((request, response) => {
  if (request.url === "/healthz") {
    response.writeHead(200, { "Content-Type": "text/plain" });
    response.end("ok\n");
    return;
  }
  if (request.url !== "/") {
    response.writeHead(404, { "Content-Type": "text/plain" });
    response.end("not found\n");
    return;
  }
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" });
  response.end(`<h1>${WORD}</h1>\n<p>Served by ${os.hostname()}</p>\n`);
});

server.listen(PORT, () => {
  console.log(`listening on port ${PORT} as ${os.userInfo().username}`);
});
