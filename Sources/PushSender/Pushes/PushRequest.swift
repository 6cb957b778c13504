/// What somebody asks to be sent.
public struct PushRequest: Sendable {
    public var app: AppID
    public var audience: Audience
    public var notification: Notification
    /// What it comes to for devices, where its texts are templates or differ from locale to locale: providers are asked about these.
    public var drafts: [Notification]
    public var policy: PushPolicy
    public var options: PushOptions
    /// The same request with the same key again is answered as the first was, and sends nothing.
    public var idempotency: Idempotency?
    /// Whether an audience in which there is no device is accepted, and the push done at once, rather than refused.
    public var mayReachNobody = false
    /// What the App calls the push, to find it again as long as it is kept. Several pushes may have a label.
    public var labels: [String] = []
    /// An expiry that has passed is no mistake: the push is accepted, and its devices are too late for it.
    public var mayHaveExpired = false

    public init(
        app: AppID, audience: Audience, notification: Notification, drafts: [Notification]? = nil,
        policy: PushPolicy = PushPolicy(), options: PushOptions = PushOptions(), idempotency: Idempotency? = nil
    ) {
        self.drafts = drafts ?? [notification]
        self.app = app
        self.audience = audience
        self.notification = notification
        self.policy = policy
        self.options = options
        self.idempotency = idempotency
    }
}
