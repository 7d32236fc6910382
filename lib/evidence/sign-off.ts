import type { Evidence } from './evidence.ts'
import { html, type Markup } from './markup.ts'

/** What each control asks, and where this page answers it. */
const CONTROLS = [
  [
    'SOC 2 CC6.2, CC6.3',
    'access is removed when it is no longer authorized',
    'each case: request, effective, revoked',
  ],
  [
    'ISO 27001:2022 A.5.18, A.6.5',
    'access rights end by policy when employment ends',
    'the verdict; open cases; exposure',
  ],
  [
    'NIST 800-53 AC-2(3), PS-4',
    'accounts are disabled within a set time',
    'exposure against the target; leftovers',
  ],
  ['PCI DSS 8.2.5', 'access of terminated users is revoked immediately', 'revoked, to the second; evidence'],
] as const

/** Shows which controls the report helps with. It claims for none that it is met. */
export function controlsSection(): Markup {
  const rows = CONTROLS.map(
    ([control, asks, where]) =>
      html`<tr><th scope="row">${control}</th><td>${asks}</td><td>${where}</td></tr>`,
  )
  return html`<section aria-labelledby="controls" class="short"><h2 id="controls">Controls</h2>
<table><caption>What an auditor may use this page for, in MongoDB Atlas alone</caption>
<thead><tr><th scope="col">Control</th><th scope="col">Asks that</th><th scope="col">See here</th></tr></thead><tbody>${rows}</tbody></table></section>\n`
}

/** Room for the names and signatures of who checked the report. */
export function signOffSection({ made }: Evidence): Markup {
  const maker = made && html`<bdi>${made.by}</bdi>`
  const rows = [['Made by', maker], ['Reviewed by'], ['Approved by']] as const
  return html`<section aria-labelledby="sign-off" class="short"><h2 id="sign-off">Sign-off</h2>
<table class="sign-off"><caption>To be signed on paper</caption>
<thead><tr><th scope="col">Role</th><th scope="col">Name</th><th scope="col">Signature</th><th scope="col">Date</th></tr></thead><tbody>${rows.map(
    ([role, name]) => html`<tr><th scope="row">${role}</th><td>${name}</td><td></td><td></td></tr>`,
  )}</tbody></table></section>\n`
}
