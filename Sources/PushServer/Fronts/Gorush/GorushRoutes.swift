import Hummingbird
import NIOCore
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `POST /api/push`, and what gorush has beside it. Its clients change a URL and give a key.
struct GorushRoutes: Sendable {
    let settings: GorushSettings
    let intake: PushIntake
    let vault: CredentialVault
    let outcomes: GorushOutcomes
    let statistics: GorushStatistics
    let statisticsRoutes: GorushStatisticsRoutes
    let access: AccessParts
    let address: ServerAddress
    let readiness: Readiness
    let now: @Sendable () -> Date

    /// - Parameter ownsRoot: whether nobody else answers at `/`.
    func add(to router: Router<APIContext>, ownsRoot: Bool) {
        let front = router.group(RouterPath(settings.path))
            .add(middleware: access.limits).add(middleware: GorushCounting(statistics: statistics)).add(middleware: GorushProblems())
        front.get("healthz") { _, _ in Response(status: .ok) }
        front.head("healthz") { _, _ in Response(status: .ok) }
        front.get("version") { _, _ in text(["source": "herald", "version": GorushStatisticsRoutes.version]) }
        if ownsRoot || !settings.path.isEmpty { front.get("/") { _, _ in text(["text": "Welcome to notification server."]) } }
        let guarded = front.group().add(middleware: GorushGuard(key: settings.key, limits: access.limits.limits))
        if settings.isOpen { guarded.add(middleware: OwnPagesMiddleware(address)) }
        statisticsRoutes.add(to: guarded)
        guarded.post("api/push") { request, _ in try await push(request) }
    }

    private func text(_ values: KeyValuePairs<String, String>) -> JSONReply {
        var members = JSONMembers()
        for (name, value) in values { members[name] = JSONMembers.string(value) }
        return JSONReply(.ok, text: ByteBuffer(string: members.text), headers: [:])
    }

    // MARK: Sending

    private func push(_ request: Request) async throws -> JSONReply {
        guard readiness.isAccepting else { throw Problem.stopping }
        let members = try GorushBody.members(try await request.bytes(GorushBody.limitBytes), limit: settings.maximumNotifications)
        let translation = GorushTranslation(
            platforms: try GorushPlatforms(vault, app: .default), isProduction: settings.isProduction, now: now())
        // All are read before the first is sent.
        let sendings = try members.compactMap { try translation.sending($0) }
        let accepted = try await accept(sendings)
        let logs = settings.isSync ? try await outcomes.failures(of: accepted) : []
        let count = sendings.reduce(0) { $0 + $1.count }
        let entries = logs.map(\.json).joined(separator: ",")
        return JSONReply(.ok, text: ByteBuffer(string: #"{"counts":\#(count),"logs":[\#(entries)],"success":"ok"}"#), headers: [:])
    }

    /// All at once, so that they share a commit.
    private func accept(_ sendings: [GorushTranslation.Sending]) async throws -> [Push] {
        let accepted = try await withThrowingTaskGroup(of: (Int, [Push]).self) { group in
            for (index, sending) in sendings.enumerated() { group.addTask { (index, try await accept(sending)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        return accepted.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }

    private func accept(_ sending: GorushTranslation.Sending) async throws -> [Push] {
        statistics.begin(tokens: sending.count)
        do {
            var pushes: [Push] = []
            for request in sending.requests { pushes.append(try await intake.accept(request, now: now()).push) }
            statistics.end(success: true)
            return pushes
        } catch {
            statistics.end(success: false)
            throw error
        }
    }
}
