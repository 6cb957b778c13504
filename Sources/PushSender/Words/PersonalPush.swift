#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif
public import JSON
import Synchronization

/// A push whose notification differs from device to device. Those who get the same are sent it together.
public final class PersonalPush: PreparedPush {
    /// Members of `data` that a device alone gets.
    public typealias OwnData = @Sendable (Recipient) -> [String: JSONValue]

    private let push: Push
    private let lane: Lane
    private let provider: any PushProvider
    private let wording: PreparedWording
    private let ownData: OwnData?
    /// Made once for each locale, where words say all.
    private let prepared = Mutex<[String: any PreparedPush]>([:])
    /// For somebody of whom nothing is known.
    private let draft: any PreparedPush

    /// - Parameters:
    ///   - provider: makes each of the notifications ready; the push itself is never sent.
    ///   - renderer: needed where texts are templates.
    ///   - ownData: put into `data` where it is an object or missing; nil where nobody gets anything of their own.
    public init(
        _ push: Push, lane: Lane, provider: any PushProvider, renderer: (any WordingRenderer)?, ownData: OwnData? = nil
    ) {
        self.push = push
        self.lane = lane
        self.provider = provider
        self.ownData = ownData
        wording = PreparedWording(push.notification, push.options.wording ?? Wording(), renderer)
        let draft = try? wording.variant([]).notification(for: nil, nil)
        self.draft = provider.prepare(draft.map(push.saying) ?? push, lane: lane)
    }

    /// What a token is for doesn't depend on words.
    public func suits(_ token: Token) -> Bool { draft.suits(token) }

    public func attempt(
        _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
    ) async {
        var groups: [Message: [Int]] = [:]
        for (index, recipient) in recipients.enumerated() {
            do throws(PushProblem) {
                groups[try message(to: recipient), default: []].append(index)
            } catch {
                report(index, .rejected(reason: error.description))
            }
        }
        await withDiscardingTaskGroup { tasks in
            for (message, members) in groups {
                tasks.addTask { await self.send(message, to: members, of: recipients, now, report) }
            }
        }
    }

    /// What a recipient gets. Equal for those who get the same.
    private struct Message: Hashable, Sendable {
        let variant: WordingVariant
        let words: [String]
        let ownData: [String: JSONValue]

        var isForALocale: Bool { words.isEmpty && ownData.isEmpty }

        static func == (one: Message, other: Message) -> Bool {
            one.variant.locale == other.variant.locale && one.words == other.words && one.ownData == other.ownData
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(variant.locale)
            hasher.combine(words)
            hasher.combine(ownData)
        }
    }

    private func message(to recipient: Recipient) throws(PushProblem) -> Message {
        let variant = try wording.variant(of: recipient.profile)
        return Message(
            variant: variant, words: try variant.words(for: recipient.device, recipient.profile), ownData: ownData?(recipient) ?? [:])
    }

    private func send(
        _ message: Message, to members: [Int], of recipients: [Recipient], _ now: Date,
        _ report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
    ) async {
        do throws(PushProblem) {
            let prepared = try prepare(message)
            await prepared.attempt(members.map { recipients[$0] }, now: now) { report(members[$0], $1) }
        } catch {
            members.forEach { report($0, .rejected(reason: error.description)) }
        }
    }

    private func prepare(_ message: Message) throws(PushProblem) -> any PreparedPush {
        if message.isForALocale, let known = prepared.withLock({ $0[message.variant.locale] }) { return known }
        let notification = message.variant.notification(message.words).adding(message.ownData)
        guard notification.isMeant(for: lane.provider) else {
            throw PushProblem(.invalidField, field: "notification", "nothing is left to show, as its gaps stayed empty")
        }
        let made = provider.prepare(push.saying(notification), lane: lane)
        if message.isForALocale { prepared.withLock { $0[message.variant.locale] = made } }
        return made
    }
}

extension Push {
    /// The same push in other words.
    func saying(_ notification: Notification) -> Push {
        Push(
            id: id, app: app, audience: audience, notification: notification, policy: policy, options: options, createdAt: createdAt,
            startsAt: startsAt, ending: ending)
    }
}

extension Notification {
    /// With more members in its `data`, unless that is something other than an object.
    func adding(_ members: [String: JSONValue]) -> Notification {
        var notification = self
        switch data {
        case _ where members.isEmpty: break
        case nil: notification.data = .object(members)
        case .object(let own)?: notification.data = .object(own.merging(members) { $1 })
        default: break
        }
        return notification
    }
}
