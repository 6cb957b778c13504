public import WebPush

/// A `POST` to an endpoint (RFC 8030 §5), as far as the push service reads it.
public struct MessageRequest: Sendable {
    /// The last two parts of the path `/wpush/{version}/{token}`. The old form `/wpush/{token}` is version `v1`.
    public var version: String
    public var token: String
    public var headers: Headers
    public var body: [UInt8]

    public init(version: String, token: String, headers: Headers, body: [UInt8]) {
        self.version = version
        self.token = token
        self.headers = headers
        self.body = body
    }

    /// The request headers that matter; a header given several times is joined with `, ` (RFC 9110 §5.3).
    public struct Headers: Sendable, Hashable {
        public var ttl: String?
        public var topic: String?
        public var urgency: String?
        public var contentEncoding: String?
        public var encryption: String?
        public var cryptoKey: String?
        /// Of drafts before the drafts.
        public var encryptionKey: String?
        public var authorization: String?
        public var prefer: String?
        public var link: String?

        public init(
            ttl: String? = nil, topic: String? = nil, urgency: String? = nil, contentEncoding: String? = nil,
            encryption: String? = nil, cryptoKey: String? = nil, authorization: String? = nil,
            prefer: String? = nil, link: String? = nil, encryptionKey: String? = nil
        ) {
            self.encryptionKey = encryptionKey
            self.prefer = prefer
            self.link = link
            self.ttl = ttl
            self.topic = topic
            self.urgency = urgency
            self.contentEncoding = contentEncoding
            self.encryption = encryption
            self.cryptoKey = cryptoKey
            self.authorization = authorization
        }

        /// Asks `value` for each header by its lower-case name.
        public init(_ value: (_ name: String) -> String?) {
            self.init(
                ttl: value("ttl"), topic: value("topic"), urgency: value("urgency"),
                contentEncoding: value("content-encoding"), encryption: value("encryption"),
                cryptoKey: value("crypto-key"), authorization: value("authorization"), prefer: value("prefer"), link: value("link"),
                encryptionKey: value("encryption-key"))
        }
    }
}

/// What a post says, once its headers were found to be good.
public struct MessagePost: Sendable, Hashable {
    public let content: MessageContent
    /// Cut to what the service grants.
    public let ttl: TTL
    public let urgency: Urgency
    public let collapseKey: CollapseKey?
    /// The VAPID key (65 bytes) that signed; nil when the sender didn't say who it is.
    public let sender: [UInt8]?
}
