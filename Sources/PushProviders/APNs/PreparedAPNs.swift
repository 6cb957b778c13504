import APNs
import HTTPTransport
import PushSender
import Synchronization
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push for Apple's devices.
struct PreparedAPNs: PreparedPush {
    typealias Report = @Sendable (_ index: Int, _ outcome: Outcome) -> Void

    let lane: Lane
    let credentials: CredentialTable<APNsCredential>
    let transport: any Transport
    let sharing: (any APNsTokenSharing)?
    private let attemptDeadline: Duration
    private let isMeant: Bool
    private let notification: Result<APNsNotification, PushProblem>
    private let ids: APNsMessageID
    /// The same for all, where the push asks for one.
    private let givenID: String?

    init(
        _ push: Push, lane: Lane, credentials: CredentialTable<APNsCredential>, transport: any Transport,
        sharing: (any APNsTokenSharing)?, attemptDeadline: Duration
    ) {
        self.sharing = sharing
        self.lane = lane
        self.credentials = credentials
        self.transport = transport
        self.attemptDeadline = attemptDeadline
        isMeant = push.notification.isMeant(for: .apns)
        ids = APNsMessageID(push.id)
        givenID = push.notification.apns?.id?.lowercased()
        let expiresAt = push.policy.ttl.seconds > 0 ? push.expiresAt : nil
        notification = Result { () throws(PushProblem) in
            try APNsPayload.notification(push.notification, policy: push.policy, id: push.id, expiresAt: expiresAt)
        }
    }

    /// The app's own token is for what people see and for background pushes; every other token is for its own push type.
    func suits(_ token: Token) -> Bool {
        guard isMeant, case .success(let notification) = notification else { return isMeant }
        let pushType = notification.pushType
        return token.kind.isEmpty ? pushType == .alert || pushType == .background : token.kind == pushType.rawValue
    }

    func attempt(_ recipients: [Recipient], now: Date, report: @escaping Report) async {
        let notification: APNsNotification
        switch self.notification {
        case .failure(let error): return recipients.indices.forEach { report($0, .rejected(reason: error.description)) }
        case .success(let checked): notification = checked
        }
        let page = Page(notification: notification, recipients: recipients, now: now, deadline: .now + attemptDeadline, report: report)
        let groups = Dictionary(grouping: recipients.indices) { recipients[$0].token.appIdentifier }
        await withDiscardingTaskGroup { tasks in
            for (appIdentifier, members) in groups {
                tasks.addTask { await send(page, to: members, of: appIdentifier) }
            }
        }
    }

    /// What an attempt is about.
    struct Page: Sendable {
        let notification: APNsNotification
        let recipients: [Recipient]
        let now: Date
        let deadline: ContinuousClock.Instant
        let report: Report
    }

    private func send(_ page: Page, to members: [Int], of appIdentifier: String) async {
        guard let credential = credentials.credential(for: lane, appIdentifier: appIdentifier),
            let environment = APNsEnvironment(lane.environment)
        else {
            return members.forEach { page.report($0, .unauthorized(problem: missing(appIdentifier))) }
        }
        if case .key(let tokens) = credential.authentication { await tokens.agree(through: sharing, now: page.now) }
        do throws(APNsRoute.Obstacle) {
            let route = try APNsRoute(credential, to: credential.origins.device(environment), now: page.now)
            let refused = Members()
            await send(page, to: members, over: route) { member, reply in
                guard let outcome = route.outcome(of: reply, now: page.now) else { return refused.append(member) }
                page.report(member, outcome)
            }
            await probe(page, refused.all, of: credential.appIdentifier, in: environment.other)
        } catch {
            members.forEach { page.report($0, error.outcome) }
        }
    }

    /// Reports what can't be sent; `hear` gets the answer to everything else.
    func send(
        _ page: Page, to members: [Int], over route: APNsRoute,
        hear: @escaping @Sendable (_ member: Int, _ reply: Result<TransportReply, TransportError>) -> Void
    ) async {
        guard route.providerToken != nil || !page.notification.pushType.needsTokenAuthentication else {
            let reason = "pushes of type \(page.notification.pushType.rawValue) need a key (.p8): APNs doesn't take them with a certificate"
            return members.forEach { page.report($0, .rejected(reason: reason)) }
        }
        let template = APNsRequestTemplate(page.notification, bundleID: route.credential.bundleID, providerToken: route.providerToken)
        var sent: [Int] = []
        var requests: [TransportRequest] = []
        sent.reserveCapacity(members.count)
        requests.reserveCapacity(members.count)
        for member in members {
            let recipient = page.recipients[member]
            do throws(APNsError) {
                let token = try APNsDeviceToken(hex: recipient.token.address)
                requests.append(route.transportRequest(template.request(to: token, id: givenID ?? ids.text(for: recipient.device))))
                sent.append(member)
            } catch {
                page.report(member, .rejected(reason: error.message))
            }
        }
        await transport.send(requests, within: page.deadline - .now) { [sent] index, reply in hear(sent[index], reply) }
    }

    private func missing(_ appIdentifier: String) -> String {
        let app = appIdentifier.isEmpty ? "" : " for \(appIdentifier)"
        return """
        the App has no APNs credentials\(app) in the environment \(lane.environment.rawValue); set them with PUT \
        /v1/apps/{app}/providers/apns
        """
    }

    /// Answers come on many threads.
    private final class Members: Sendable {
        private let members = Mutex<[Int]>([])
        func append(_ member: Int) { members.withLock { $0.append(member) } }
        var all: [Int] { members.withLock { $0 } }
    }
}
