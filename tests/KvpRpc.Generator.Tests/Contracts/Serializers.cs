using KvpRpc.Generated;
using KvpRpc.Generator.Tests.Contracts;

[assembly: KvpRpc.KvpContract(typeof(IValues))]
[assembly: KvpRpc.KvpContract(typeof(ICollections))]

namespace KvpRpc.Generator.Tests.Contracts;

/// <summary>The generated serializer of each type that a method of <see cref="IValues"/> or <see cref="ICollections"/>
/// returns.</summary>
internal static class Serializers
{
    private static readonly Dictionary<Type, RpcMethod> Methods = Collect();

    internal static IEnumerable<Type> Types => Methods.Keys;

    internal static RpcSerializer<T> Of<T>() => ((RpcMethod<ValueTuple<T>, T>)Methods[typeof(T)]).Response;

    private static Dictionary<Type, RpcMethod> Collect()
    {
        var methods = new Dictionary<Type, RpcMethod>();
        RpcContracts.Get<IValues>().Bind(new Collector<IValues>((method, type) => methods.Add(type, method)));
        RpcContracts.Get<ICollections>().Bind(
            new Collector<ICollections>((method, type) => methods.Add(type, method)));
        return methods;
    }
}
