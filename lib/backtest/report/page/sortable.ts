/** Makes the headers of tables of the document sort their rows: by `data-v` where cells have it, else by their text. */
export function startSorting(): void {
  for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) {
    const heads = [...table.tHead!.rows[0].cells]
    heads.forEach((head, c) => {
      head.querySelector('button')?.addEventListener('click', () => {
        const now = head.getAttribute('aria-sort')
        const numeric = head.classList.contains('num')
        const descending = now === 'none' ? numeric : now === 'ascending'
        for (const other of heads) other.setAttribute('aria-sort', 'none')
        head.setAttribute('aria-sort', descending ? 'descending' : 'ascending')
        sortRows(table.tBodies[0], c, numeric, descending)
      })
    })
  }
}

function sortRows(body: HTMLTableSectionElement, column: number, numeric: boolean, descending: boolean): void {
  const sign = descending ? -1 : 1
  const rows = [...body.rows].map((row, i) => {
    const cell = row.cells[column]
    const text = cell.dataset.v ?? cell.textContent ?? ''
    return { row, i, value: numeric ? (text === '' ? Number.NaN : Number(text)) : text }
  })
  rows.sort((a, b) => {
    const [x, y] = [a.value, b.value]
    const [noX, noY] = [Number.isNaN(x), Number.isNaN(y)]
    if (noX || noY) return noX === noY ? a.i - b.i : noX ? 1 : -1
    return x < y ? -sign : x > y ? sign : a.i - b.i
  })
  body.replaceChildren(...rows.map(({ row }) => row))
}
