import Crypto
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `send_push_notification`: kept when it is answered, sent soon.
struct SendPushNotificationRequest: CentrifugoMethod {
    static let name = "send_push_notification"
    static let number = 30
    static let rawPaths = [["fcm", "message"], ["hms", "message"], ["apns", "payload"], ["webpush", "payload"]]
        .map { ["notification"] + $0 }

    let recipient: CentrifugoRecipient?
    let notification: CentrifugoNotification?
    let uid: String?
    /// Seconds since 1970.
    let sendAt: Int64?
    let limitStrategy: CentrifugoLimits?
    let analyticsUid: String?
    let localizations: [String: CentrifugoLocalization]?
    let useTemplating: Bool?
    let useMeta: Bool?

    struct Answer: Encodable { let uid: String }

    func answer(_ parts: CentrifugoParts) async throws -> Answer {
        guard parts.readiness.isAccepting else { throw CentrifugoError.internalError("the server is stopping; try again") }
        let moment = parts.now()
        let labels = PushLabels(
            uid: try CentrifugoNames.checked(name: uid, "uid"), analytics: try CentrifugoNames.checked(name: analyticsUid, "analytics_uid"))
        guard let recipient, let notification else { throw CentrifugoError.badRequest("recipient and notification: give both") }
        try checkPersonal(recipient)
        try notification.checkSections(for: recipient)
        let words = try parts.rules.accept(try CentrifugoWording(self).request(notification))
        var options = try options(notification, moment)
        options.wording = words.wording
        var request = PushRequest(
            app: parts.app, audience: try recipient.audience(parts), notification: words.notification, drafts: words.drafts,
            options: options, idempotency: idempotency(labels, parts))
        request.labels = labels.all
        request.mayHaveExpired = true
        request.mayReachNobody = true
        let accepted = try await parts.intake.accept(request, now: moment)
        if options.schedule.sendAt != nil, !accepted.isRepetition { parts.metrics.countScheduled(recipient) }
        return Answer(uid: labels.uid ?? accepted.push.id.rawValue)
    }

    /// A record that is read again is the same push, whether the push has a name or not.
    private func idempotency(_ labels: PushLabels, _ parts: CentrifugoParts) -> Idempotency? {
        let key = labels.uid.map { "centrifugo:\($0)" } ?? parts.record.map { "centrifugo-record:\($0)" }
        return key.map { Idempotency(key: $0, requestHash: digest(parts)) }
    }

    private func digest(_ parts: CentrifugoParts) -> [UInt8] { Array(SHA256.hash(data: parts.said)) }

    /// Whether it is to be said differently to each device.
    var isPersonal: Bool { useTemplating == true || localizations?.isEmpty == false }

    /// Of raw tokens and providers' topics nothing is known to write into texts or to count by.
    private func checkPersonal(_ recipient: CentrifugoRecipient) throws(CentrifugoError) {
        guard recipient.filter == nil else { return }
        guard !isPersonal else { throw .badRequest("use_templating and localizations: only with recipient.filter") }
        guard limitStrategy?.isEmpty != false else { throw .badRequest("limit_strategy: only with recipient.filter") }
    }

    private func options(_ notification: CentrifugoNotification, _ now: Date) throws -> PushOptions {
        var options = PushOptions()
        options.caps = try limitStrategy?.rateLimit?.caps() ?? []
        try limitStrategy?.timeLimit?.apply(to: &options.schedule)
        // What has passed is now.
        options.schedule.sendAt = Self.date(sendAt).flatMap { $0 > now ? $0 : nil }
        options.expiresAt = Self.date(notification.expireAt)
        return options
    }

    /// Zero is none.
    private static func date(_ seconds: Int64?) -> Date? {
        guard let seconds, seconds != 0 else { return nil }
        return Date(timeIntervalSince1970: Double(seconds))
    }
}

struct CentrifugoLocalization: Decodable {
    let translations: [String: String]?
}
