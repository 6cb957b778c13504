#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the system says of this process; 0 where it says nothing.
struct ProcessFigures: Sendable, Hashable {
    var residentBytes = 0
    var virtualBytes = 0
    var threads = 0
    var processors = ProcessInfo.processInfo.activeProcessorCount

    static var now: ProcessFigures {
        ProcessFigures(status: (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? "")
    }

    /// - Parameter status: as Linux writes it (proc_pid_status(5)).
    init(status: String) {
        for line in status.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count > 1, let number = Int(words[1]) else { continue }
            switch words[0] {
            case "VmRSS:": residentBytes = number * 1024
            case "VmSize:": virtualBytes = number * 1024
            case "Threads:": threads = number
            default: break
            }
        }
    }

    func json(uptimeSeconds: Double) -> String {
        """
        {"cpu_num":\(processors),"thread_num":\(threads),"memory_alloc":\(residentBytes),"memory_sys":\(virtualBytes),\
        "uptime":\((uptimeSeconds * 1000).rounded() / 1000)}
        """
    }
}
