// The side panel: a whole passage of the framework, with the quoted sentence marked and in view.
import { useEffect, useRef } from "react"
import { useSetRecoilState } from "recoil"
import { sideViewState } from "@chainlit/react-client"

const LABELS = JSON.parse(document.getElementById("page-labels").textContent)

export default function Passage() {
  const panel = useRef(null)
  const mark = useRef(null)
  const setSideView = useSetRecoilState(sideViewState)

  useEffect(() => {
    const close = (event) => event.key === "Escape" && setSideView(undefined)
    panel.current.focus({ preventScroll: true })
    // A quote already in view stays where it is, below the title and the version.
    const bottom = mark.current?.getBoundingClientRect().bottom
    if (bottom > window.innerHeight - 48) mark.current.scrollIntoView({ block: "center" })
    document.addEventListener("keydown", close)
    return () => {
      document.removeEventListener("keydown", close)
      // Back to the link, once the phone's dialog has given the focus up and if no other passage follows.
      setTimeout(() => document.querySelector(".passage") ?? document.querySelector("[data-opened]")?.focus())
    }
  }, [])

  return (
    <article className="passage" ref={panel} tabIndex={-1} aria-label={props.title}>
      {props.note && <p className="passage-note">{props.note}</p>}
      <dl className="passage-facts">
        {props.facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="passage-text" lang="fr">
        {props.before}
        {props.quote && <span className="announcer" lang={document.documentElement.lang}>{props.quote_label} </span>}
        {props.quote && <mark ref={mark}>{props.quote}</mark>}
        {props.after}
      </div>
      {props.address && (
        <p className="passage-room">
          <a href={props.address} target="_blank" rel="noopener">{LABELS.room}</a>
        </p>
      )}
    </article>
  )
}
