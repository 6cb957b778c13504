#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Why a script of faults can't be read.
public struct FaultScriptProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// A sentence that names the fault (from 1) and the member.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension FaultScript {
    /// Reads `{"seed": 1, "faults": [ … ]}`. Strict: an unknown member is most likely a misspelled one.
    public init(json: [UInt8]) throws(FaultScriptProblem) {
        guard let text = JSONText(json), let members = text.object else {
            throw FaultScriptProblem("The script is not a JSON object; it looks like {\"faults\": [{\"token\": \"…\", \"status\": 410}]}")
        }
        if let odd = members.first(where: { !["seed", "faults"].contains($0.name) }) {
            throw FaultScriptProblem("The script has no member \(odd.name); it has seed and faults")
        }
        for (index, fault) in (text["faults"]?.array ?? []).enumerated() { try Self.checkNames(fault, number: index + 1) }
        let wire: Wire
        do {
            wire = try JSONDecoder().decode(Wire.self, from: Data(json))
        } catch {
            throw FaultScriptProblem("The script has a member of the wrong kind: \(error)")
        }
        for (index, fault) in wire.faults.enumerated() {
            if let problem = fault.problem() { throw FaultScriptProblem("Fault \(index + 1): \(problem)") }
        }
        self.init(wire.faults, seed: wire.seed ?? 1)
    }

    /// The script as it was given, and how many times each fault happened.
    public var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return (try? encoder.encode(Wire(seed: seed, faults: faults, happened: happened))).map(Array.init) ?? []
    }

    private static let names: Set<String> = [
        "provider", "environment", "on", "token", "token_prefix", "rate", "after_requests", "times", "status", "reason", "headers",
        "latency_ms",
        "silence", "reset", "goaway", "close", "half_open", "stream_limit", "reply_body", "dead", "dead_since_ms", "belongs_to",
    ]
    private static let innerNames: [String: Set<String>] = [
        "goaway": ["answered", "reason"], "reply_body": ["bytes", "piece_bytes", "every_ms"],
    ]

    private static func checkNames(_ fault: JSONText, number: Int) throws(FaultScriptProblem) {
        for member in fault.object ?? [] {
            guard names.contains(member.name) else {
                throw FaultScriptProblem("Fault \(number) has no member \(member.name); docs/simulators.md lists them")
            }
            guard let inner = innerNames[member.name] else { continue }
            if let odd = member.value.object?.first(where: { !inner.contains($0.name) }) {
                throw FaultScriptProblem("Fault \(number): \(member.name) has no member \(odd.name)")
            }
        }
    }

    private struct Wire: Codable {
        var seed: UInt64?
        var faults: [Fault]
        var happened: [Int]?
    }
}
