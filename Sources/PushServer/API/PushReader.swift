import PushSender

/// Makes push requests of what clients send.
struct PushReader: Sendable {
    let audiences: AudienceReader
    let words: WordsReader

    func request(_ body: SendBody, app: AppID) async throws -> PushRequest {
        let words = try await words.words(body, app: app)
        var options = try body.options()
        options.wording = words.wording
        return PushRequest(
            app: app, audience: try await audiences.audience(body.audience, app: app), notification: words.notification,
            drafts: words.drafts, policy: try body.policy(), options: options)
    }
}
