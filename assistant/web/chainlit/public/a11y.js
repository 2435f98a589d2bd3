// Gives Chainlit's page what it lacks for assistive technology: names, a main landmark, announcements.
(() => {
  const labels = JSON.parse(document.getElementById("page-labels").textContent)
  const announcer = document.getElementById("answer-announcer")
  const announced = new WeakSet()

  const NAMES = [
    ["#chat-input", labels.composer],
    ["#chat-submit", labels.send],
    ["#stop-button", labels.stop],
    ["#new-chat-button", labels.new_chat],
    ["#theme-toggle", labels.theme],
    ["#sidebar-trigger-button, [data-sidebar='rail']", labels.history],
    ["#search-chats-button", labels.search],
    ["#thread-options", labels.thread_options],
    ["[data-sidebar='sidebar']", labels.discussions],
    ["button:has(> .lucide-arrow-down)", labels.scroll],
    ["#side-view-title > button", labels.close_passage],
    ["[data-panel-resize-handle-id]", labels.resize],
    ["section[aria-live][tabindex='-1']", labels.notifications],
  ]

  // The list of discussions: a landmark, one stop a discussion, and its menu within reach of the keyboard.
  const ROLES = [
    ["[data-sidebar='sidebar']:not([data-mobile])", { role: "navigation" }],
    ["ul:has(> #thread-history)", { role: "presentation" }],
    ["a > [data-sidebar='menu-button']", { role: "link", tabindex: "-1" }],
    ["#thread-options", { role: "button", tabindex: "0" }],
    // The framework is in French, whatever the language of the page.
    [".ai-message blockquote", { lang: "fr" }],
  ]

  function arrange() {
    for (const [selector, attributes] of ROLES) {
      for (const element of document.querySelectorAll(selector)) {
        for (const [attribute, value] of Object.entries(attributes)) {
          if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value)
        }
      }
    }
    // An open menu hides the page behind it from screen readers: the keyboard must not go there either.
    for (const part of document.body.children) {
      const hidden = part.dataset.ariaHidden === "true"
      if (part.inert !== hidden) part.inert = hidden
    }
    // Our own pages open in place, as a link of the frame does.
    for (const link of document.querySelectorAll(".message-content a[href^='/'][target]")) link.removeAttribute("target")
    // A search that has found nothing yet is a list without any choice.
    for (const list of document.querySelectorAll("[cmdk-list]")) {
      list.setAttribute("aria-busy", String(list.querySelector("[role=option]") === null))
    }
    const rail = document.querySelector("[data-sidebar='rail']")
    if (rail && rail.title !== labels.history) rail.title = labels.history
  }

  function name() {
    for (const [selector, label] of NAMES) {
      for (const element of document.querySelectorAll(selector)) {
        if (element.getAttribute("aria-label") !== label) element.setAttribute("aria-label", label)
      }
    }
    for (const image of document.querySelectorAll("#root img:not([alt=''])")) image.alt = ""
    for (const text of document.querySelectorAll("[role=dialog] .sr-only")) {
      if (text.textContent === "Close") text.textContent = labels.close
    }
    // Chainlit gives the title an id of its own, and the dialog looks for another.
    document.querySelector("[role=dialog]:has(#side-view-title)")?.setAttribute("aria-labelledby", "side-view-title")
    const theme = document.querySelector("#theme-toggle .sr-only")
    if (theme && theme.textContent !== labels.theme) theme.textContent = labels.theme
    // The handle between the panels names a panel that bears no such id.
    document.querySelector("[data-panel-resize-handle-id]")?.removeAttribute("aria-controls")
    const root = document.getElementById("root")
    const holdsMain = root.querySelector("main") !== null
    if (holdsMain) root.removeAttribute("role")
    else if (root.getAttribute("role") !== "main") root.setAttribute("role", "main")
  }

  function announce() {
    for (const content of document.querySelectorAll(".ai-message .message-content")) {
      if (announced.has(content) || !content.innerText.trim()) continue
      announced.add(content)
      announcer.textContent = labels.answer.replace("{text}", content.innerText.trim())
    }
  }

  let waiting = false
  function update() {
    waiting = false
    arrange()
    name()
    announce()
  }
  new MutationObserver(() => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(update)
  }).observe(document.body, { childList: true, subtree: true, attributeFilter: ["data-aria-hidden"] })

  document.querySelector(".skip-link").addEventListener("click", (event) => {
    event.preventDefault()
    document.getElementById("chat-input")?.focus()
  })
})()
