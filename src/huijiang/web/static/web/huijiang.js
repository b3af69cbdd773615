/* Small comforts; every page works without them. */
(function () {
  "use strict";

  // The list of mistakes, or the sign that all went well, takes the focus.
  var first = document.querySelector(".error-summary, h1.confirmation__title");
  if (first && !(first.hasAttribute("autofocus") && "autofocus" in HTMLElement.prototype)) first.focus();

  // Filters are open in the page as served; on a phone they fold unless one is in use.
  var phone = window.matchMedia("(max-width: 767px)");
  function fold() {
    document.querySelectorAll("details[data-folds-on-phones]").forEach(function (each) {
      each.open = !phone.matches || each.querySelector(".count") !== null;
    });
  }
  fold();
  phone.addEventListener("change", fold);

  // What a live search found takes its place while somebody types; its count is said aloud.
  document.addEventListener("htmx:afterSettle", function (event) {
    var heard = document.getElementById("heard");
    var count = event.target.id === "found" && event.target.querySelector(".library__count, .result-line, .empty__title");
    if (heard && count) heard.textContent = count.textContent;
  });

  // A second click sends nothing a second time; coming back with the back button makes it usable again.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });

  // Escape closes the menu; whoever comes back to a page finds it closed.
  var menu = document.querySelector(".rooms__menu");
  if (menu) {
    menu.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    window.addEventListener("pagehide", function () { menu.open = false; });
  }

  // Buttons that print the page exist only where they can work.
  document.querySelectorAll("button[data-prints]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // Folded parts are printed unfolded.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("main details:not([open])").forEach(function (each) {
      each.open = true;
      each.dataset.printed = "yes";
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-printed]").forEach(function (each) {
      each.open = false;
      delete each.dataset.printed;
    });
  });
})();
