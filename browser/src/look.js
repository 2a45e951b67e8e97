// What a visitor can see of the page, measured. Returns what `Look` in look.rs holds.

const shown = (element) => getComputedStyle(element);

// A page's canvas has the colour of its root element, or of its body where the root has none.
const background = [document.documentElement, document.body]
  .map((element) => shown(element).backgroundColor)
  .find((colour) => colour !== "rgba(0, 0, 0, 0)");

// Why an element cannot be seen; null when it can.
const hidden = (element) => {
  if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) {
    return "is not displayed";
  }
  element.scrollIntoView({ block: "center", behavior: "instant" });
  const box = element.getBoundingClientRect();
  if (box.width < 1 || box.height < 1) {
    return "has no size";
  }
  if (box.left < 0 || box.right > innerWidth) {
    return `is outside of the window, from ${box.left} to ${box.right}`;
  }
  const front = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
  if (!element.contains(front)) {
    return `is covered by <${front?.localName}>`;
  }
  const cut = [element, ...element.querySelectorAll("*")].find(
    (part) =>
      shown(part).overflow !== "visible" &&
      (part.scrollWidth > part.clientWidth || part.scrollHeight > part.clientHeight),
  );
  return cut ? `is cut off in <${cut.localName}>` : null;
};

const sights = (selector) =>
  Array.from(document.querySelectorAll(selector), (element) => ({
    text: element.textContent.trim(),
    hidden: hidden(element),
  }));

const look = {
  window: innerWidth,
  content: document.scrollingElement.scrollWidth,
  background: background ?? "none",
  headings: sights("h1"),
  books: sights("li"),
};
scrollTo({ top: 0, behavior: "instant" });
return look;
