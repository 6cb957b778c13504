import Crypto
import HTTPTypes
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Applications: records with an App of the same name. Their secrets are written and never read.
struct LoopBackApplicationRules: LoopBackModelRules {
    let parts: LoopBackParts
    let settings: LoopBackPushSettings
    let model = LoopBackModel.application

    private static let keys = ["clientKey", "javaScriptKey", "restApiKey", "windowsKey", "masterKey"]
    var hidden: Set<String> { Set(Self.keys) }

    func check(_ caller: LoopBackCaller, _ object: LoopBackValue) throws(LoopBackError) { try caller.requireEverything() }

    func newID(_ id: LoopBackValue?) throws(LoopBackError) -> RecordID {
        guard let id, id != .null, id != .string("") else { return RecordID(rawValue: Self.random(16)) }
        let name = LoopBackType.text(id)
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(Self.allowed.contains) else {
            throw .invalid(
                model.name,
                [.init(property: "id", code: "format", message: "must be 1 to 64 of A-Z, a-z, 0-9, -, _ and .", value: id.json)])
        }
        return RecordID(rawValue: name)
    }

    private static let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.".utf8)

    func prepared(
        _ incoming: LoopBackValue, _ id: RecordID, isWhole: Bool, instead previous: LoopBackValue?
    ) async throws -> LoopBackPrepared {
        var prepared = LoopBackPrepared(kept: incoming)
        for name in Self.keys { prepared.kept[name] = isWhole ? Self.newKey(name, &prepared) : nil }
        if isWhole || incoming["pushSettings"] != nil {
            if previous == nil { try await refuseTaken(id) }
            let (app, _) = try await parts.apps.create(id.rawValue, now: parts.now())
            let given = incoming["pushSettings"].flatMap { $0 == .null ? nil : $0 }
            let kept = try await settings.apply(given, instead: previous?["pushSettings"], of: app)
            prepared.kept["pushSettings"] = kept.map(LoopBackPublicSettings.shown) ?? incoming["pushSettings"].map { _ in .null }
            prepared.changesSurroundings =
                LoopBackApplications.surroundings(previous) != LoopBackApplications.surroundings(prepared.kept)
        }
        return prepared
    }

    /// Before its settings come into force.
    private func refuseTaken(_ id: RecordID) async throws {
        guard try await parts.records.record(id, in: model.collection) == nil else {
            throw LoopBackError(.conflict, "Duplicate entry for \(model.name).id")
        }
    }

    func written(_ prepared: LoopBackPrepared, _ id: RecordID) async throws {
        try await LoopBackApplications(parts: parts).adoptInstallations(id.rawValue, known: prepared.changesSurroundings)
    }

    func removed(_ object: LoopBackValue, _ id: RecordID) async throws {
        guard let app = try await parts.apps.app(named: id.rawValue) else { return }
        _ = try await settings.apply(nil, instead: object["pushSettings"], of: app)
    }

    // MARK: Keys

    /// - Returns: what is kept of it: a digest of 20 random bytes can't be guessed back.
    private static func newKey(_ name: String, _ prepared: inout LoopBackPrepared) -> LoopBackValue {
        let key = random(20)
        prepared.shownOnce[name] = .string(key)
        return .string(hex(SHA256.hash(data: Array(key.utf8))))
    }

    private static func random(_ bytes: Int) -> String {
        var random = SystemRandomNumberGenerator()
        return hex((0..<bytes).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
