// Draws nothing: turns the links « #citation-n » of its message into openers of the side panel.
import { useEffect, useRef } from "react"
import { useSetRecoilState } from "recoil"
import { sideViewState } from "@chainlit/react-client"

const LINKS = 'a[href^="#citation-"]'

export default function Answer() {
  const place = useRef(null)
  const setSideView = useSetRecoilState(sideViewState)

  useEffect(() => {
    const message = place.current.closest(".ai-message")
    message.dataset.status = props.status
    message.dataset.verdict = props.verdict
    const panelOf = (link) => props.panels[Number(link.hash.slice("#citation-".length)) - 1]
    for (const link of message.querySelectorAll(LINKS)) {
      const panel = panelOf(link)
      link.removeAttribute("target")
      // A bare number says nothing out of its sentence.
      if (/^\[\d+\]$/.test(link.textContent)) {
        link.setAttribute("aria-label", `${link.textContent.slice(1, -1)}, ${panel.title}`)
        link.title = [panel.title, ...panel.facts.slice(0, 1).map((fact) => fact[1])].join(" – ")
      }
    }
    // An address inside a quotation is part of the text: nothing leads outside.
    for (const link of message.querySelectorAll(`a:not(${LINKS})`)) link.removeAttribute("href")
    const open = (event) => {
      const link = event.target.closest(LINKS)
      if (!link) return
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
    // Chainlit misses a fast answer and leaves it below the screen: show it from its question.
    const frame = requestAnimationFrame(() => {
      const questions = document.querySelectorAll('[data-step-type="user_message"]')
      questions[questions.length - 1]?.scrollIntoView({ block: "start" })
    })
    return () => {
      cancelAnimationFrame(frame)
      message.removeEventListener("click", open)
    }
  }, [])

  return <span ref={place} hidden />
}
