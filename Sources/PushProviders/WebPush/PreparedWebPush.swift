import HTTPTransport
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push for Web Push subscriptions. Sealing costs far more than all else, so a page is cut into chunks that are sealed on all cores; each
/// is on its way while others are still being sealed.
struct PreparedWebPush: PreparedPush {
    let push: Push
    let lane: Lane
    let payload: [UInt8]
    let collapseKey: CollapseKey?
    let credentials: CredentialTable<WebPushCredential>
    let transport: any Transport
    let attemptDeadline: Duration

    /// Some milliseconds of sealing.
    private static let chunkDevices = 64

    private var section: WebPushSection? { push.notification.webpush }
    private var urgency: Urgency { section?.urgency.flatMap(Urgency.init) ?? push.policy.urgency }

    func suits(_ token: Token) -> Bool { push.notification.webpush != nil || push.notification.hasNeutralContent }

    func attempt(
        _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
    ) async {
        let page = Page(
            credentials: credentials(for: recipients), ttl: section?.ttlSeconds.map(TTL.init) ?? push.remainingTTL(at: now), now: now)
        let deadline = ContinuousClock.now + attemptDeadline
        await withDiscardingTaskGroup { tasks in
            for start in stride(from: 0, to: recipients.count, by: Self.chunkDevices) {
                tasks.addTask {
                    let end = min(start + Self.chunkDevices, recipients.count)
                    await send(to: recipients, start..<end, page, until: deadline, report: report)
                }
            }
        }
    }

    /// What is the same for all devices of a page.
    private struct Page: Sendable {
        let credentials: [String: WebPushCredential]
        let ttl: TTL
        let now: Date
    }

    /// By the app identifiers that the page has: one, nearly always.
    private func credentials(for recipients: [Recipient]) -> [String: WebPushCredential] {
        var found: [String: WebPushCredential] = [:]
        for appIdentifier in Set(recipients.lazy.map(\.token.appIdentifier)) {
            found[appIdentifier] = credentials.credential(for: lane, appIdentifier: appIdentifier)
        }
        return found
    }

    private func send(
        to recipients: [Recipient], _ chunk: Range<Int>, _ page: Page, until deadline: ContinuousClock.Instant,
        report: @escaping @Sendable (Int, Outcome) -> Void
    ) async {
        var sealed: [(index: Int, request: TransportRequest)] = []
        sealed.reserveCapacity(chunk.count)
        for index in chunk {
            switch request(to: recipients[index].token, page) {
            case .success(let request): sealed.append((index, request))
            case .failure(let obstacle): report(index, obstacle.outcome)
            }
        }
        let indices = sealed.map(\.index)
        await transport.send(sealed.map(\.request), within: deadline - .now) { position, reply in
            report(indices[position], WebPushOutcome.read(reply, now: page.now))
        }
    }

    private struct Obstacle: Error { let outcome: Outcome }

    private func request(to token: Token, _ page: Page) -> Result<TransportRequest, Obstacle> {
        guard let credential = page.credentials[token.appIdentifier] else {
            return .failure(Obstacle(outcome: .unauthorized(problem: Self.missingCredentials)))
        }
        do throws(WebPushError) {
            return .success(try request(to: token, credential, page))
        } catch {
            return .failure(Obstacle(outcome: .rejected(reason: error.message)))
        }
    }

    private func request(to token: Token, _ credential: WebPushCredential, _ page: Page) throws(WebPushError) -> TransportRequest {
        let subscription = try PushSubscription(token: token)
        let vendor = PushServiceVendor(host: subscription.endpoint.host)
        let request = try WebPushRequest(
            payload: payload, to: subscription, ttl: vendor.ttl(page.ttl), urgency: urgency, collapseKey: collapseKey,
            authorization: credential.tokens.authorization(for: subscription.endpoint.origin, now: page.now))
        let headers = request.headers.map { (name: $0.name.lowercased(), value: $0.value) }
        return TransportRequest(url: request.url, headers: headers + vendor.headers(page.ttl), body: request.body)
    }

    private static let missingCredentials =
        "the App has no VAPID key for this subscription; set one with PUT /v1/apps/{app}/providers/webpush"
}
