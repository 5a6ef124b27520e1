// A plain HTML table beside a chart or a map, for those who read rather than look.

export function fill(place, caption, heads, rows) {
  const table = document.createElement("table");
  table.className = "cb-table";
  table.createCaption().textContent = caption;
  const head = table.createTHead().insertRow();
  for (const title of heads) head.append(cell("th", title, "col"));
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach((value, index) => line.append(index ? cell("td", value) : cell("th", value, "row")));
  }
  place.replaceChildren(table);
}

function cell(tag, value, scope) {
  const made = document.createElement(tag);
  if (scope) made.scope = scope;
  if (value instanceof Node) made.append(value);
  else made.textContent = value === null || value === undefined || value === "" ? "—" : String(value);
  return made;
}

// Fetches JSON from this host; anything else than 200 is an error.
export async function json(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

export function failed(canvas, text) {
  canvas.classList.add("cb-failed");
  canvas.textContent = text;
}
