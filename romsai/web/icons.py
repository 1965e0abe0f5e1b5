"""The drawings of Romsai, on a grid of 24: outlines in the text's colour. Own work, like the logo."""

ICONS = {
    "alert": '<path d="M12 3 2 20h20z"/><path d="M12 10v4M12 17v.5"/>',
    "add": '<path d="M12 5v14M5 12h14"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4"/>',
    "calendar": '<rect x="4" y="5" width="16" height="15" rx="2"/><path d="M4 10h16M8 3v4M16 3v4"/>',
    "check": '<circle cx="12" cy="12" r="9"/><path d="m8 12 3 3 5-6"/>',
    "child": '<circle cx="12" cy="7" r="4"/><path d="M5 21c0-6 3-8 7-8s7 2 7 8z"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>',
    "close": '<path d="M5 5l14 14M19 5 5 19"/>',
    "document": '<path d="M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h5"/>',
    "eye": '<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z"/><circle cx="12" cy="12" r="3"/>',
    "family": '<circle cx="8" cy="7" r="3"/><circle cx="17" cy="10" r="2.5"/>'
    '<path d="M2 20c0-5 2-8 6-8 3 0 5 1.5 5.5 4M12.5 20c0-3.5 1.5-5 4.5-5s5 1.5 5 5z"/>',
    "filter": '<path d="M3 5h18l-7 8v6l-4-2v-4z"/>',
    "forward": '<path d="m9 5 7 7-7 7"/>',
    "gavel": '<path d="m14 4 6 6-3 3-6-6zM12 9 4 17l3 3 8-8M3 22h9"/>',
    "health": '<path d="M12 20C5 15 3 11 3 8a4.5 4.5 0 0 1 9-1 4.5 4.5 0 0 1 9 1c0 3-2 7-9 12z"/>',
    "home": '<path d="M3 11 12 4l9 7v9h-6v-6H9v6H3z"/>',
    "inbox": '<path d="M3 13 6 5h12l3 8v6H3zM3 13h5l2 3h4l2-3h5"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 7.5v.5"/>',
    "key": '<circle cx="8" cy="15" r="4.5"/><path d="m11.5 12 8-8M16 7l3 3"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "mask": '<path d="M3 8c3-3 15-3 18 0 0 7-3 10-6 10-1.5 0-2-2-3-2s-1.5 2-3 2C6 18 3 15 3 8z"/><path d="M7 11h3M14 11h3"/>',
    "message": '<path d="M4 5h16v11H10l-5 4v-4H4z"/>',
    "pencil": '<path d="m4 20 1-5L16 4l4 4L9 19zM14 6l4 4"/>',
    "phone": '<path d="M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z"/>',
    "place": '<path d="M12 21c-4-5-7-8-7-11.5a7 7 0 0 1 14 0C19 13 16 16 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>',
    "referral": '<path d="M4 12h13M12 6l6 6-6 6M21 4v16"/>',
    "report": '<path d="M4 10v4h3l8 5V5l-8 5zM18 9a4 4 0 0 1 0 6"/>',
    "scale": '<path d="M12 4v16M7 20h10M5 8h14M5 8l-3 6h6zM19 8l-3 6h6z"/>',
    "school": '<path d="M2 9l10-5 10 5-10 5zM6 11.5V17c4 3 8 3 12 0v-5.5M22 9v6"/>',
    "search": '<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>',
    "shield": '<path d="M12 3 4 6v6c0 5 3.5 8 8 9 4.5-1 8-4 8-9V6z"/><path d="m8.5 12 2.5 2.5 4.5-5"/>',
    "todo": '<circle cx="12" cy="12" r="9"/>',
    "transfer": '<path d="M4 8h14l-4-4M20 16H6l4 4"/>',
    # Signs of a level of risk: different in shape, so that colour is never all that tells them apart.
    "risk-immediate": '<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" fill="currentColor"/>'
    '<path d="M12 7v6M12 16.5v.5" stroke="#6d0f0a" stroke-width="3"/>',
    "risk-high": '<path d="M12 5l9 14H3z" fill="currentColor"/>',
    "risk-medium": '<path d="M12 3l9 9-9 9-9-9z" fill="currentColor"/>',
    "risk-low": '<path d="M12 19 3 5h18z"/>',
    "risk-none": '<path d="M5 12h14"/>',
    "risk-unknown": '<path d="M8 9a4 4 0 1 1 5 4c-1 .5-1 1-1 2M12 19v.5"/>',
}

# A banyan gives shade (Thai "rom sai") to one grown up and one child.
LOGO = (
    '<circle cx="24" cy="24" r="23" fill="#eef7f6"/>'
    '<path d="M21.5 24h5l.8 13.5h-6.6z" fill="#8a5a32"/>'
    '<path d="M24 26c-2 3-4 3-6.5 2.5M24 26c2 3 4 3 6.5 2.5" fill="none" stroke="#8a5a32" stroke-width="1.8"/>'
    '<path d="M12.5 25v8M35.5 25v8M16.5 26v4.5M31.5 26v4.5" fill="none" stroke="#8a5a32" stroke-width="1.2"'
    ' stroke-linecap="round"/>'
    '<path d="M24 6c4 0 7 2 8.5 5 5 .2 9 3.8 9 8.2 0 4.300-3.6 7.300-8 7.300-2 0-3.6-.6-5-1.700-1.300 1-2.8 1.5-4.5 1.5s-3.2-.5-4.5-1.5'
    'c-1.400 1.100-3 1.700-5 1.700-4.400 0-8-3-8-7.300 0-4.400 4-8 9-8.2C17 8 20 6 24 6z" fill="#1b7f76"/>'
    '<path d="M24 6c4 0 7 2 8.5 5-5-1-10 .5-12.5 4-3.5-1.5-8-.5-11 2.300 1-3.6 4.5-6.100 8.5-6.300C17 8 20 6 24 6z" fill="#3aa193"/>'
    '<circle cx="15" cy="33.5" r="2.6" fill="#0f5f6b"/><path d="M10.8 42.5c0-4 1.6-6 4.2-6s4.2 2 4.2 6z" fill="#0f5f6b"/>'
    '<circle cx="32.5" cy="36" r="2.100" fill="#c8681f"/><path d="M29.2 42.5c0-3 1.2-4.5 3.300-4.5s3.300 1.5 3.300 4.5z" fill="#c8681f"/>'
    '<path d="M8 42.5h32" stroke="#8fc3b8" stroke-width="1.5" stroke-linecap="round"/>'
)

# Round pictures of the public's first choice, on a grid of 56.
PICTURES = {
    "child": '<circle cx="28" cy="28" r="28" fill="#fdebd9"/><circle cx="28" cy="22" r="8" fill="#c8681f"/>'
    '<path d="M13 46c1-10 7-14 15-14s14 4 15 14" fill="#c8681f"/>',
    "family": '<circle cx="28" cy="28" r="28" fill="#dff0f1"/><circle cx="22" cy="21" r="7" fill="#0f5f6b"/>'
    '<path d="M9 45c1-10 6-14 13-14s12 4 13 14" fill="#0f5f6b"/><circle cx="38" cy="27" r="5" fill="#c8681f"/>'
    '<path d="M30 45c0-7 3-10 8-10s8 3 8 10" fill="#c8681f"/>',
    "work": '<circle cx="28" cy="28" r="28" fill="#eceaf6"/><path d="M18 16h20v26H18z" fill="#54478c"/>'
    '<path d="M23 24h10M23 30h10M23 36h6" stroke="#fff" stroke-width="2.5"/>',
}
