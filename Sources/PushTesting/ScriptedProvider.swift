public import Foundation
public import PushSender
import Synchronization

/// A provider that answers from a script and remembers what it was asked.
public final class ScriptedProvider: PushProvider {
    public struct Attempt: Sendable, Hashable {
        public let push: PushID
        public let device: DeviceID
        public let token: Token
        public let at: Date
    }

    public let name: ProviderName
    private let farSide: @Sendable (Token) -> String?
    private let answer: @Sendable (Attempt, _ number: Int) async -> Outcome
    private let attempted = Mutex<[Attempt]>([])

    /// - Parameter answer: gets the attempt, and the how-many-th of its push and device it is, from 1.
    public init(
        name: ProviderName = .webPush, farSide: @escaping @Sendable (Token) -> String? = { _ in nil },
        answer: @escaping @Sendable (Attempt, _ number: Int) async -> Outcome
    ) {
        self.name = name
        self.farSide = farSide
        self.answer = answer
    }

    public var attempts: [Attempt] { attempted.withLock { $0 } }

    public func problem(with notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? { nil }

    public func prepare(_ push: Push, lane: Lane) -> any PreparedPush { Prepared(provider: self, push: push.id) }

    public func farSide(of token: Token) -> String? { farSide(token) }

    private struct Prepared: PreparedPush {
        let provider: ScriptedProvider
        let push: PushID

        func attempt(
            _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
        ) async {
            await withDiscardingTaskGroup { group in
                for (index, recipient) in recipients.enumerated() {
                    group.addTask { report(index, await attempt(recipient, now)) }
                }
            }
        }

        private func attempt(_ recipient: Recipient, _ now: Date) async -> Outcome {
            let attempt = Attempt(push: push, device: recipient.device, token: recipient.token, at: now)
            let number = provider.attempted.withLock { attempts in
                attempts.append(attempt)
                return attempts.count { $0.push == attempt.push && $0.device == attempt.device }
            }
            return await provider.answer(attempt, number)
        }
    }
}
