import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Applications, as the other models ask for them.
struct LoopBackApplications: Sendable {
    let parts: LoopBackParts

    /// - Returns: what is kept of it; nil when there is none.
    func application(_ id: String) async throws -> LoopBackValue? {
        try await parts.records.record(RecordID(rawValue: id), in: LoopBackModel.application.collection)
            .map { try LoopBackValue(json: $0.body) }
    }

    func surroundings(of id: String) async throws -> LoopBackSurroundings {
        Self.surroundings(try await application(id))
    }

    /// Where nothing is said, APNs is the sandbox, as in the original. Without an Application it is the one that most have.
    static func surroundings(_ application: LoopBackValue?) -> LoopBackSurroundings {
        guard let settings = application?["pushSettings"]?["apns"] else { return LoopBackSurroundings() }
        return LoopBackSurroundings(apnsEnvironment: settings["production"] == .bool(true) ? .production : .sandbox)
    }

    // MARK: Installations that were there first

    private static let pageRecords = 500

    /// Makes devices of an Application's installations that stand alone, page by page.
    /// - Parameter known: also of those that are devices: what their tokens mean has changed.
    func adoptInstallations(_ id: String, known: Bool) async throws {
        let surroundings = try await surroundings(of: id), policy = parts.endpointPolicy
        var after = ""
        while true {
            let query = RecordQuery(
                .all([.equals("appId", .string(id)), .value(at: "id", .isWithin([RecordBound(.greater, .string(after))]))]),
                limit: Self.pageRecords)
            let page = try await parts.records.records(query, in: LoopBackModel.installation.collection)
            guard let last = page.last else { return }
            after = last.id.rawValue
            let alone = page.filter { known || !$0.isDevice }.map { TagValue.string($0.id.rawValue) }
            guard !alone.isEmpty else { continue }
            _ = try await parts.records.change(
                matching: .value(at: "id", .isOneOf(alone)), in: LoopBackModel.installation.collection, now: parts.now()
            ) { record in
                var device = LoopBackInstallation(try LoopBackValue(json: record.body)).device(surroundings, policy)
                device?.isEnvironmentGuessed = !known
                return RecordDraft(body: record.body, device: device)
            }
        }
    }
}
