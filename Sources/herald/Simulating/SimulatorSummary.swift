import Foundation
import PushSimulators

/// What a person or a script has to know to use running simulators.
struct SimulatorSummary {
    private let simulators: Simulators
    private let directory: String

    init(_ simulators: Simulators, directory: String) {
        self.simulators = simulators
        self.directory = directory
    }

    /// A table, and what to do next.
    var text: String {
        let rows = ports.map { [$0.rawValue, simulators.origins[$0] ?? "", file(of: $0)] } + [["control", simulators.controlOrigin, ""]]
        let next = simulators.files.credentials.keys.filter { $0 != "apns-certificate" }.sorted().map {
            "  herald providers set \($0) --file \(shell(simulators.files.credentials[$0] ?? ""))"
        }
        return """
            \(table([["provider", "address", "credentials"]] + rows))

            In another terminal:
              HERALD_TRUST_ROOTS=\(shell(simulators.files.ca)) herald serve
            \(next.joined(separator: "\n"))
            Make a token die:
              curl -X PUT \(simulators.controlOrigin)/faults -d '{"faults": [{"token": "…", "dead": true}]}'
            """
    }

    /// One line.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
            let urls = Dictionary(uniqueKeysWithValues: simulators.origins.map { ($0.key.rawValue, $0.value) })
            let ready = Ready(urls: urls, control: simulators.controlOrigin, directory: directory, files: simulators.files)
            return String(decoding: try encoder.encode(ready), as: UTF8.self)
        }
    }

    private struct Ready: Encodable {
        let urls: [String: String]
        let control: String
        let directory: String
        let files: SimulatorFiles
    }

    private var ports: [SimulatedPort] { SimulatedPort.allCases.filter { simulators.origins[$0] != nil } }

    private func file(of port: SimulatedPort) -> String { simulators.files.credentials[port.provider.rawValue] ?? "" }

    private func table(_ rows: [[String]]) -> String {
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
            return cells.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }

    /// As a shell wants it.
    private func shell(_ path: String) -> String {
        path.contains(/[^A-Za-z0-9_.\/-]/) ? "'" + path.replacing("'", with: "'\\''") + "'" : path
    }
}
