// Chainlit at times connects before it has read which discussion its address names, and always forgets it when
// the server was restarted: a new discussion would then begin under the address of the old one. The first
// message of a connection is completed here.
(() => {
  const CONNECT = "40{"
  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (data) {
    const named = location.pathname.match(/^\/thread\/([\w-]+)$/)
    if (named && typeof data === "string" && data.startsWith(CONNECT)) {
      const asked = JSON.parse(data.slice(2))
      asked.threadId ||= named[1]
      data = data.slice(0, 2) + JSON.stringify(asked)
    }
    return send.call(this, data)
  }
})()
