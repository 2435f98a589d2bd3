// Under each message: makes its links « #citation-n » open the side panel and, under an answer, draws its buttons.
import { useEffect, useRef, useState } from "react"
import { useSetRecoilState } from "recoil"
import { sideViewState } from "@chainlit/react-client"

const LINKS = 'a[href^="#citation-"]'
const OURS = /^\/(thread|cadre)\//
const LABELS = JSON.parse(document.getElementById("page-labels").textContent)
const say = (key) => LABELS[`tools.${key}`]
const REASONS = ["beside", "incomplete", "outdated", "unclear", "other"]
const reference = (ticket) => `R-${String(ticket).padStart(4, "0")}`

export default function Answer() {
  const place = useRef(null)
  const setSideView = useSetRecoilState(sideViewState)

  useEffect(() => {
    const message = place.current.closest(".ai-message")
    const panels = props.panels ?? []
    message.dataset.status = props.status ?? props.kind
    message.dataset.verdict = props.verdict ?? ""
    const panelOf = (link) => panels[Number(link.hash.slice("#citation-".length)) - 1]
    for (const link of message.querySelectorAll(LINKS)) {
      const panel = panelOf(link)
      if (!panel) continue
      link.removeAttribute("target")
      // A bare number says nothing out of its sentence.
      if (/^\[\d+\]$/.test(link.textContent)) {
        link.setAttribute("aria-label", `${link.textContent.slice(1, -1)}, ${panel.title}`)
        link.title = [panel.title, ...panel.facts.slice(0, 1).map((fact) => fact[1])].join(" – ")
      }
    }
    // An address inside a quotation is part of the text: nothing leads outside. A referent may link.
    if (props.kind !== "reply") {
      for (const link of message.querySelectorAll(`.message-content a:not(${LINKS})`)) {
        if (!OURS.test(link.getAttribute("href"))) link.removeAttribute("href")
      }
    }
    const open = (event) => {
      const link = event.target.closest(LINKS)
      if (!link || !panelOf(link)) return
      event.preventDefault()
      document.querySelector("[data-opened]")?.removeAttribute("data-opened")
      link.dataset.opened = ""
      const panel = panelOf(link)
      const id = `${message.closest("[id^=step-]")?.id}${link.hash}`
      setSideView({
        title: panel.title,
        elements: [{ id, forId: "", type: "custom", name: "Passage", display: "side", props: panel }],
      })
    }
    message.addEventListener("click", open)
    // Chainlit gives a discussion its address only while the list of discussions is open: never on a phone.
    if (location.pathname === "/") history.replaceState(history.state, "", `/thread/${props.thread}`)
    // Chainlit misses a fast answer and leaves it below the screen: show it from its question.
    const frame = requestAnimationFrame(() => {
      const questions = document.querySelectorAll('[data-step-type="user_message"]')
      if (props.kind === "answer") questions[questions.length - 1]?.scrollIntoView({ block: "start" })
      else message.scrollIntoView({ block: "nearest" })
    })
    return () => {
      cancelAnimationFrame(frame)
      message.removeEventListener("click", open)
    }
  }, [])

  return <div ref={place}>{props.kind === "answer" && <Tools />}</div>
}

function Tools() {
  const [opinion, setOpinion] = useState(props.opinion)
  const [ticket, setTicket] = useState({ number: props.ticket, state: props.ticketState })
  const [form, setForm] = useState(null)
  const [said, setSaid] = useState("")
  const [busy, setBusy] = useState(false)
  // A referent answered meanwhile, or another tab did something.
  useEffect(() => setTicket({ number: props.ticket, state: props.ticketState }), [props.ticket, props.ticketState])

  async function send(name, payload) {
    setBusy(true)
    let response = {}
    try {
      response = (await callAction({ name, payload })).response ?? {}
    } catch {
      response = {}
    }
    setBusy(false)
    setSaid(response.message ?? (response.done ? "" : say("failed")))
    if (!response.done) return
    setForm(null)
    if (response.ticket) setTicket({ number: response.ticket, state: response.ticketState })
    if (name === "judge") setOpinion(payload.value)
  }

  async function copy() {
    try {
      await navigator.clipboard.writeText(props.copy)
      setSaid(say("copied"))
    } catch {
      setSaid(say("copy_failed"))
    }
  }

  const open = ticket.number && ticket.state === "open"
  const asked = ticket.number && ticket.state !== "withdrawn"
  const toggle = (name) => () => (setForm(form === name ? null : name), setSaid(""))
  return (
    <div className="tools" role="group" aria-label={say("group")}>
      <div className="tools-row">
        {props.copy && <button type="button" onClick={copy}>{say("copy")}</button>}
        <button type="button" aria-pressed={opinion === 1} aria-label={say("useful")} title={say("useful")} disabled={busy}
          onClick={() => send("judge", { step: props.step, value: 1 })}><Thumb /></button>
        <button type="button" aria-pressed={opinion === 0} aria-label={say("useless")} title={say("useless")} disabled={busy}
          aria-expanded={form === "judge"} onClick={toggle("judge")}><Thumb down /></button>
        {!asked && <button type="button" aria-expanded={form === "request"} onClick={toggle("request")}>{say("ask")}</button>}
        {ticket.number && (
          <span className="tools-ticket" data-state={ticket.state}>
            {say("ticket").replace("{ticket}", reference(ticket.number))} – {say(`states.${ticket.state}`)}
          </span>
        )}
        {open && <button type="button" aria-expanded={form === "detail"} onClick={toggle("detail")}>{say("add")}</button>}
        {open && <button type="button" aria-expanded={form === "withdraw"} onClick={toggle("withdraw")}>{say("withdraw")}</button>}
      </div>
      {form && <ToolForm key={form} name={form} ticket={ticket.number} asked={asked} busy={busy} send={send} cancel={toggle(form)} />}
      <p className="tools-said" role="status">{said}</p>
    </div>
  )
}

function Thumb({ down }) {
  return (
    <svg viewBox="0 0 24 24" width="17" height="17" fill="none" stroke="currentColor" strokeWidth="2" strokeLinejoin="round"
      aria-hidden="true" transform={down ? "rotate(180)" : undefined}>
      <path d="M7 11v9H4v-9zM7 11l4-8c1.700 0 3 1.300 3 3v3h5.500c1 0 1.700 1 1.400 2l-2 7c-.300 1.200-1.300 2-2.500 2H7" />
    </svg>
  )
}

function ToolForm({ name, ticket, asked, busy, send, cancel }) {
  const first = useRef(null)
  const id = `${props.step}-${name}`
  useEffect(() => first.current.querySelector("input, textarea, button")?.focus(), [])

  function submit(event) {
    event.preventDefault()
    const given = new FormData(event.target)
    const text = (given.get("text") ?? "").trim()
    const payloads = {
      judge: { step: props.step, value: 0, reason: given.get("reason") ?? "", comment: text, send: given.has("ticked") },
      request: { step: props.step, detail: text, name_shown: given.has("ticked") },
      detail: { ticket, text },
      withdraw: { ticket },
    }
    send(name, payloads[name])
  }

  const ticked = { judge: asked ? null : "send_too", request: "named" }[name]
  const words = { judge: "comment", request: "detail", detail: "more" }[name]
  return (
    <form className="tools-form" ref={first} onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && cancel()}>
      {name === "judge" && (
        <fieldset>
          <legend>{say("why")}</legend>
          {REASONS.map((reason) => (
            <label key={reason}><input type="radio" name="reason" value={reason} required /> {say(`reasons.${reason}`)}</label>
          ))}
        </fieldset>
      )}
      {name === "request" && <p>{say("ask_help")}</p>}
      {name === "withdraw" && <p>{say("withdraw_sure")}</p>}
      {words && <label htmlFor={id}>{say(words)}</label>}
      {words && <textarea id={id} name="text" rows={2} maxLength={2000} required={name === "detail"} />}
      {ticked && <label><input type="checkbox" name="ticked" /> {say(ticked)}</label>}
      <div className="tools-row">
        <button type="submit" className="tools-send" disabled={busy}>{say(name === "withdraw" ? "withdraw" : "send")}</button>
        <button type="button" onClick={cancel}>{say("cancel")}</button>
      </div>
    </form>
  )
}
