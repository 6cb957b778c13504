import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// MARK: - Messages

extension UserAgentSession {
    mutating func notified(_ message: MessageFrame, _ now: Date) -> [Action] {
        guard let app = identity.app(of: message.channelID), let registration = identity.registrations[app] else {
            // Left over from an app that left, another key or a lost store: nobody can read it.
            return [ack(message, .notDelivered), .send(.unregister(channelID: message.channelID))]
        }
        guard !registration.remembers(message.version) else { return [ack(message, .notDelivered)] }
        guard inHand[app]?.contains(message.version) != true else { return [] }
        do {
            let content = try MessageDecryption(key: registration.key).open(message)
            return take(message, ReceivedMessage(version: message.version, content: content, receivedAt: now), for: app)
        } catch {
            return [
                ack(message, .undecryptable),
                .report(.undecryptable(app: app, version: message.version, reason: error.message)),
            ]
        }
    }

    private mutating func take(_ frame: MessageFrame, _ message: ReceivedMessage, for app: String) -> [Action] {
        guard inHand.values.reduce(0, { $0 + $1.count }) < settings.messagesInHand else {
            return [.disconnect(.connectionLost, "More than \(settings.messagesInHand) messages wait for their apps")]
        }
        inHand[app, default: []].insert(message.version)
        return [.deliver(app: app, frame, message)]
    }

    /// The app has the message: only now it may be forgotten elsewhere, and only after we remember that it came.
    mutating func handled(_ message: MessageFrame, by app: String, now: Date) -> [Action] {
        finished(message, by: app, now: now) ? [.save] + (isReady ? [ack(message, .delivered)] : []) : []
    }

    /// The app failed on the message, and isn't asked again. Firefox acknowledges such a message too, and then says that it failed.
    mutating func gaveUp(_ message: MessageFrame, by app: String, now: Date) -> [Action] {
        let actions = handled(message, by: app, now: now)
        return actions + (isReady && !actions.isEmpty ? [.send(.nack(version: message.version, .handlerFailed))] : [])
    }

    /// - Returns: false when the app has left meanwhile.
    private mutating func finished(_ message: MessageFrame, by app: String, now: Date) -> Bool {
        inHand[app]?.remove(message.version)
        silence.spoke(now: now)
        return identity.change(app) { $0.remember(message.version) } != nil
    }

    private func ack(_ message: MessageFrame, _ code: AckCode) -> Action {
        .send(.ack(channelID: message.channelID, version: message.version, code))
    }
}
