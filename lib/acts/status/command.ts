import { askAndShow, command } from '../../cli/command.ts'
import { showStatus } from './show.ts'

export const STATUS = command({
  name: 'status',
  about: 'shows the mode, what is stopped, and what waits',
  examples: ['status'],
  options: {},
  run: (desk) => askAndShow(desk, 'operator-read', { action: 'status' }, showStatus),
})
