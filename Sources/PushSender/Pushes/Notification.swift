/// What is shown or handed over, in nobody's dialect. Each provider maps it to its own words.
public struct Notification: Sendable, Hashable, Codable {
    public var title: String?
    public var body: String?
    /// Opened when the person taps the notification. Absolute, or relative to the site that shows it.
    public var url: String?
    public var icon: String?
    public var image: String?
    public var badge: String?
    /// Notifications of one tag replace each other on the screen.
    public var tag: String?
    /// Handed to the App as it is.
    public var data: JSONValue?
    /// Raw section: sent as the payload of a Web Push message instead of everything above.
    public var webpush: WebPushSection?

    public struct WebPushSection: Sendable, Hashable, Codable {
        /// A string is sent as its own UTF-8 bytes, anything else as JSON.
        public var payload: JSONValue
        public init(payload: JSONValue) { self.payload = payload }
    }

    public init(
        title: String? = nil, body: String? = nil, url: String? = nil, icon: String? = nil, image: String? = nil,
        badge: String? = nil, tag: String? = nil, data: JSONValue? = nil, webpush: WebPushSection? = nil
    ) {
        self.title = title
        self.body = body
        self.url = url
        self.icon = icon
        self.image = image
        self.badge = badge
        self.tag = tag
        self.data = data
        self.webpush = webpush
    }

    /// Nothing to show and nothing to hand over.
    public var isEmpty: Bool { self == Notification() }
}
