import Foundation
import JSON
import PushSender
import Synchronization

/// For words that are no templates.
struct NoTemplates: WordingRenderer {
    func template(_ text: String, in form: TextForm) throws(TextProblem) -> any TextTemplate { throw TextProblem("no templates here") }
}

/// Puts a user's id in the place of `{{user}}`, and has no words for the user `nobody`.
struct UserNames: WordingRenderer {
    func template(_ text: String, in form: TextForm) throws(TextProblem) -> any TextTemplate { Text(text: text) }

    private struct Text: TextTemplate {
        let text: String
        var names: [TextName] { text.contains("{{user}}") ? [TextName(path: ["user", "id"], isSection: false, isBare: false)] : [] }

        func text(_ values: TextValues) throws(TextProblem) -> String {
            guard values.user["id"] != .string("nobody") else { throw TextProblem("no words for nobody") }
            guard case .string(let id)? = values.user["id"] else { return text.replacing("{{user}}", with: "") }
            return text.replacing("{{user}}", with: id)
        }
    }
}

/// A provider that remembers what it was asked to make ready, and whom each of it went to.
final class RememberingProvider: PushProvider {
    let name = ProviderName.webPush
    private let made = Mutex<[Push]>([])
    private let sent = Mutex<[DeviceID: Push]>([:])

    /// But for the first, by which a push is known for what it is.
    var prepared: [Push] { made.withLock { Array($0.dropFirst()) } }
    func notification(sentTo device: DeviceID) -> PushSender.Notification? { sent.withLock { $0[device]?.notification } }

    func problem(with notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? { nil }

    func prepare(_ push: Push, lane: Lane) -> any PreparedPush {
        made.withLock { $0.append(push) }
        return Prepared(provider: self, push: push)
    }

    private struct Prepared: PreparedPush {
        let provider: RememberingProvider
        let push: Push

        func suits(_ token: Token) -> Bool { token.kind == push.notification.category ?? "" }

        func attempt(
            _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
        ) async {
            for (index, recipient) in recipients.enumerated() {
                provider.sent.withLock { $0[recipient.device] = push }
                report(index, .accepted(id: recipient.device.rawValue))
            }
        }
    }
}
