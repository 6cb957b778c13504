import HTTPTypes
import PushSender
import PushStorage
import Synchronization

/// Sending: `POST /api/push` and `POST /notify/:id`.
struct LoopBackPush: Sendable {
    let parts: LoopBackParts
    let settings: LoopBackSettings
    private let badge = RunningBadge()

    init(parts: LoopBackParts, settings: LoopBackSettings) {
        self.parts = parts
        self.settings = settings
    }

    /// Whatever is asked of the model `push`, below whose path the request's stands.
    /// - Throws: ``LoopBackError``, and what the core throws.
    func answer(_ request: LoopBackRequest) async throws -> LoopBackReply {
        guard request.method == .post, request.path.isEmpty else {
            throw LoopBackError.noMethod(request.method, "/" + request.path.joined(separator: "/"), of: "push")
        }
        try await send(request)
        return LoopBackReply(.emptyObject)
    }

    // MARK: By query

    private func send(_ request: LoopBackRequest) async throws {
        let clause = try request.object("deviceQuery")
        let condition = try LoopBackWhere.condition(clause, of: .installation)
        let mine = try allowed(condition, request.caller)
        let notification = try LoopBackNotification(request.body)
        guard parts.readiness.isAccepting else { throw Problem.stopping }
        let now = parts.now(), targets = LoopBackTargets(parts: parts)
        let reached = try await targets.reached(by: request.caller)
        var sent = false
        for target in reached where !target.providers.isEmpty {
            var asked = notification.request(to: target.audience(mine), of: target.app.id, now: now)
            asked.idempotency = request.idempotency
            if try await accept(asked) { sent = true }
        }
        guard !sent || settings.repliesStrictly else { return }
        if let problem = try await targets.problem(with: mine, except: reached) { throw problem }
    }

    /// What a caller's query comes to: everybody is for those who may do everything, an App's key is for its App.
    private func allowed(_ condition: RecordCondition, _ caller: LoopBackCaller) throws(LoopBackError) -> RecordCondition {
        if condition == .always {
            guard settings.allowsEveryone else {
                throw .badRequest("This goes to every installation, which the setting loopback.allowEveryone forbids: give a deviceQuery")
            }
            try caller.requireEverything()
        }
        try caller.require(.send, for: caller.appName)
        return caller.appName.map { .all([condition, .equals("appId", .string($0))]) } ?? condition
    }

    /// - Returns: whether there is anybody to send to.
    private func accept(_ asked: PushRequest) async throws -> Bool {
        do {
            try await parts.intake.accept(asked, now: parts.now())
            return true
        } catch let problem as PushProblem where problem.code == .nobody {
            return false
        }
    }

    // MARK: By id

    /// `POST /notify/:id`: what the example server sends to one installation.
    func notify(_ id: String, _ caller: LoopBackCaller) async throws -> LoopBackReply {
        guard parts.readiness.isAccepting else { throw Problem.stopping }
        guard let record = try await parts.records.record(RecordID(rawValue: id), in: LoopBackModel.installation.collection) else {
            try caller.require(.send, for: nil)
            throw LoopBackError.noInstallation(id)
        }
        let targets = LoopBackTargets(parts: parts), installation = try LoopBackValue(json: record.body)
        try caller.require(.send, for: installation["appId"]?.text)
        let target = try await targets.target(of: installation)
        guard let device = record.device else { throw LoopBackError.unsendable(id) }
        let notification = try LoopBackNotification(Self.hello(badge: badge.next()))
        _ = try await accept(notification.request(to: Audience(devices: [device]), of: target.app.id, now: parts.now()))
        return LoopBackReply(html: "OK")
    }

    private static func hello(badge: Int) -> LoopBackValue {
        .object([
            "expirationInterval": .integer(3600), "badge": .integer(badge), "sound": .string("ping.aiff"),
            "alert": .string("\u{1F4E7} \u{2709} Hello"), "messageFrom": .string("Ray"),
        ])
    }

    /// 1, 2, 3, … since the server has begun.
    private final class RunningBadge: Sendable {
        private let latest = Atomic(0)
        func next() -> Int { latest.add(1, ordering: .relaxed).newValue }
    }
}

extension LoopBackError {
    // The original says none of this to clients: it answers 500 all the same.

    static func noInstallation(_ id: String) -> Self {
        Self(
            .internalServerError, "Installation id \(id) not found", details: .object(["installationId": .string(id)]),
            remedy: "GET /api/installations lists those there are")
    }

    static func unsendable(_ id: String) -> Self {
        Self(
            .internalServerError, "Nothing can be sent to the deviceToken of the installation id \(id)",
            details: .object(["installationId": .string(id)]),
            remedy: "let the app register with the token that it has now")
    }
}
