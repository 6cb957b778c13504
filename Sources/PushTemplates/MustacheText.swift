#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import JSON
import Mustache
import PushSender

/// A template that was read.
struct MustacheText: TextTemplate {
    let template: MustacheTemplate
    let names: [TextName]
    let form: TextForm
    let bytes: Int
    let limits: MustacheLimits

    func text(_ values: TextValues) throws(TextProblem) -> String {
        let meter = RenderingMeter(turnBytes: bytes, leftBytes: limits.writtenBytes)
        let text = template.render(RootValue(values: values, meter: meter))
        guard !meter.isSpent, text.utf8.count <= limits.renderedBytes else {
            throw TextProblem("with its values it has more than \(limits.renderedBytes) bytes; give shorter ones, or fewer")
        }
        guard form != .json || text.isJSON else { throw TextProblem("with its values it is no JSON") }
        return text
    }
}

extension String {
    fileprivate var isJSON: Bool {
        // A list's turns may leave a comma behind.
        (try? JSONDecoder().decode(AnyShape.self, from: Data(utf8))) != nil && !utf8.hasTrailingComma
    }

    /// JSON of any shape: only its grammar is looked at.
    private struct AnyShape: Decodable {
        init(from decoder: any Decoder) {}
    }
}
