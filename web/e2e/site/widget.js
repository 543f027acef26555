// Embeds the chat of the server that the address names, as a tag in the page would: `data-…` from the query.
const query = new URLSearchParams(window.location.search);
const script = window.document.createElement("script");
script.src = `${query.get("server")}/widget.js`;
for (const [name, value] of query) {
  if (name !== "server") {
    script.setAttribute(`data-${name}`, value);
  }
}
window.document.head.append(script);
