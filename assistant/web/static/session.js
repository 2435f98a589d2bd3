// Leads to the sign-in page once the session is over: Chainlit's page would only try to connect for ever.
(() => {
  const Native = window.WebSocket
  let leaving = false
  window.WebSocket = class extends Native {
    constructor(...given) {
      super(...given)
      this.addEventListener("close", async () => {
        const answer = await fetch("/user").catch(() => null) // none: the server is away, and may come back
        if (answer?.status !== 401 || leaving) return
        leaving = true
        setTimeout(() => location.reload(), 2000) // Chainlit leaves at once when it asks too: not both together
      })
    }
  }
})()
