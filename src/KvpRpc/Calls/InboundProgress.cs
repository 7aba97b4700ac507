using KvpRpc.Generated;
using KvpRpc.Links;

namespace KvpRpc.Calls;

/// <summary>Takes the reports of a handler and sends them, in order and before the call's end.</summary>
/// <remarks>A report is not lost and not merged with another; while as many are under way as may be, it
/// blocks.</remarks>
internal sealed class InboundProgress<T>(
    InboundCall call, ItemSender sender, uint argument, RpcSerializer<T> serializer)
    : IProgress<T>
{
    public void Report(T value)
    {
        try
        {
            sender.Write(argument, serializer, value);
        }
        catch (KvpLinkException)
        {
            // Nobody listens any more; the handler learns of it by its token.
        }
        catch (Exception exception)
        {
            throw CallErrors.ItemUnwritable(call.Method, exception, call.MaxResponseBytes);
        }
    }
}
