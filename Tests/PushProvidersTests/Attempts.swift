import Foundation
import PushSender
import Synchronization

extension PreparedPush {
    /// The outcomes in the order of the tokens; nil where none was reported.
    func outcomes(_ tokens: [Token], now: Date) async -> [Outcome?] {
        let reported = Mutex<[Int: [Outcome]]>([:])
        let recipients = tokens.enumerated().map { Recipient(device: DeviceID(rawValue: "\($0)"), token: $1) }
        await attempt(recipients, now: now) { index, outcome in reported.withLock { $0[index, default: []].append(outcome) } }
        return reported.withLock { reported in
            // Reported twice is as wrong as never.
            tokens.indices.map { reported[$0]?.count == 1 ? reported[$0]?.first : nil }
        }
    }
}

extension Push {
    static func sample(
        _ notification: PushSender.Notification, policy: PushPolicy = PushPolicy(), at now: Date = Date(timeIntervalSince1970: 1_800_000_000)
    ) -> Push {
        Push(
            id: PushID(rawValue: "01234567-0000-7000-8000-000000000000"), app: .default, audience: .everyone, notification: notification,
            policy: policy, createdAt: now)
    }
}
