/// Which fields a notification may have.
enum NotificationShape {
    static let shape = texts.with([
        "apns": .fields("payload", "push_type", "priority", "id"),
        "fcm": .fields("message", "validate_only"),
        "hms": .fields("message", "payload", "push_options", "push_type"),
        "wns": .fields("type", "payload", "tag"),
        "webpush": .fields("payload"),
    ])

    private static let texts = BodyShape.fields(
        "title", "subtitle", "body", "url", "icon", "image", "badge", "badge_icon", "sound", "tag", "thread", "category", "channel",
        "color", "interruption_level", "background", "mutable", "data"
    ).with(["actions": .list(.fields("action", "title", "url", "icon"))])
}
