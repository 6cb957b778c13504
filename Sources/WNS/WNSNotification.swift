/// What a request carries: the header `X-WNS-Type`.
public enum WNSType: String, Sendable, Hashable, CaseIterable {
    case toast = "wns/toast"
    case tile = "wns/tile"
    case badge = "wns/badge"
    /// For the app itself; shows nothing.
    case raw = "wns/raw"
}

/// One notification as headers and a body (Microsoft Learn, "Push notification service request and response headers").
public struct WNSNotification: Sendable, Hashable {
    public var type: WNSType
    /// XML in UTF-8; anything for ``WNSType/raw``. Goes out as it is.
    public var payload: [UInt8]
    /// 1 to 16 letters and digits: replaces what the device shows under the same.
    public var tag: String?
    /// Of a toast: 1 to 16 letters and digits.
    public var group: String?
    /// Whether Windows keeps it for a device that is away; nil leaves that to Microsoft: yes, but for raw.
    public var isCached: Bool?
    /// How long it is kept.
    public var lifetimeSeconds: Int?
    /// A toast goes to the notification center without popping up.
    public var suppressesPopup: Bool
    /// The reply says whether the device is connected.
    public var asksForStatus: Bool

    /// Of the body.
    public static let maximumBytes = 5000

    public init(
        _ type: WNSType, payload: [UInt8], tag: String? = nil, group: String? = nil, isCached: Bool? = nil, lifetimeSeconds: Int? = nil,
        suppressesPopup: Bool = false, asksForStatus: Bool = false
    ) {
        self.type = type
        self.payload = payload
        self.tag = tag
        self.group = group
        self.isCached = isCached
        self.lifetimeSeconds = lifetimeSeconds
        self.suppressesPopup = suppressesPopup
        self.asksForStatus = asksForStatus
    }

    public init(_ toast: WNSToast) { self.init(.toast, payload: Array(toast.xml.utf8)) }
    public init(_ tile: WNSTile) { self.init(.tile, payload: Array(tile.xml.utf8)) }
    public init(_ badge: WNSBadge) { self.init(.badge, payload: Array(badge.xml.utf8)) }

    /// - Throws: `invalidField`, `tooLarge`.
    public func check() throws(WNSError) {
        guard payload.count <= Self.maximumBytes else {
            throw WNSError(
                .tooLarge,
                """
                the notification has \(payload.count) bytes; Microsoft takes \(Self.maximumBytes): shorten the texts or send a link to \
                the rest
                """)
        }
        guard !payload.isEmpty else { throw WNSError(.invalidField, field: "payload", "it is empty") }
        for (field, value) in [("tag", tag), ("group", group)] {
            if let value, !Self.isTag(value) { throw WNSError(.invalidField, field: field, "it has 1 to 16 letters and digits") }
        }
        guard lifetimeSeconds ?? 1 > 0 else { throw WNSError(.invalidField, field: "lifetimeSeconds", "leave it out, and don't cache") }
    }

    /// Whether a text may be a tag as it is.
    public static func isTag(_ text: String) -> Bool {
        (1...16).contains(text.utf8.count)
            && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) }
    }

    /// All but Authorization, Host and Content-Length. Names in lower case.
    public var headers: [(name: String, value: String)] {
        var headers = [("content-type", type == .raw ? "application/octet-stream" : "text/xml"), ("x-wns-type", type.rawValue)]
        if let isCached { headers.append(("x-wns-cache-policy", isCached ? "cache" : "no-cache")) }
        if let lifetimeSeconds { headers.append(("x-wns-ttl", String(lifetimeSeconds))) }
        if let tag { headers.append(("x-wns-tag", tag)) }
        if let group { headers.append(("x-wns-group", group)) }
        if suppressesPopup { headers.append(("x-wns-suppresspopup", "true")) }
        if asksForStatus { headers.append(("x-wns-requestforstatus", "true")) }
        return headers.map { (name: $0.0, value: $0.1) }
    }
}
