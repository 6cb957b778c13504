import PushSender

/// What came of a token, as gorush's sync replies and its feedback hook say it.
struct GorushLogEntry: Sendable, Hashable {
    let notificationID: String
    let platform: GorushPlatform
    let token: String
    let message: String
    let error: String

    /// - Returns: nil for a push of another front, and for what isn't there any more.
    init?(_ failure: DeliveryFailure, of push: Push) {
        guard let origin = push.options.origin, origin.front == GorushTranslation.front,
            let token = RawToken.index(of: failure.device).flatMap({
                push.audience.tokens.indices.contains($0) ? push.audience.tokens[$0] : nil
            }),
            let platform = GorushPlatform(token.provider)
        else { return nil }
        notificationID = origin.reference
        self.platform = platform
        self.token = token.token.address
        message = push.notification.body ?? ""
        // What clients look for to forget a token.
        error = failure.kind == .unregistered ? "Unregistered" : failure.reason
    }

    var json: String {
        JSONMembers.object([
            "notif_id": JSONMembers.string(notificationID), "type": "\"failed-push\"", "platform": "\"\(platform.name)\"",
            "token": JSONMembers.string(token), "message": JSONMembers.string(message), "error": JSONMembers.string(error),
        ])
    }
}
