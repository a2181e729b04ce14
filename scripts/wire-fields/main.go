// Writes where the fields of the built-in Kubernetes kinds stand in protobuf, and how JSON names them.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var messages = map[string]map[string]string{}

var wellKnown = map[reflect.Type]string{
	reflect.TypeFor[metav1.Time]():          "time",
	reflect.TypeFor[metav1.MicroTime]():     "microtime",
	reflect.TypeFor[resource.Quantity]():    "quantity",
	reflect.TypeFor[intstr.IntOrString]():   "intstr",
	reflect.TypeFor[runtime.RawExtension](): "raw",
	reflect.TypeFor[metav1.FieldsV1]():      "raw",
	reflect.TypeFor[[]byte]():               "bytes",
}

func name(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return strings.Join(parts[len(parts)-2:], ".") + "." + t.Name()
}

func expression(t reflect.Type) string {
	if known, ok := wellKnown[t]; ok {
		return known
	}
	switch t.Kind() {
	case reflect.Pointer:
		return expression(t.Elem())
	case reflect.Slice:
		if t.Name() != "" && strings.HasSuffix(t.Name(), "ExtraValue") {
			return "strings"
		}
		return "[]" + expression(t.Elem())
	case reflect.Map:
		return "{}" + expression(t.Elem())
	case reflect.Struct:
		visit(t)
		return "@" + name(t)
	}
	return t.Kind().String()
}

func visit(t reflect.Type) {
	if _, seen := messages[name(t)]; seen {
		return
	}
	fields := map[string]string{}
	messages[name(t)] = fields
	for i := range t.NumField() {
		field := t.Field(i)
		wire := strings.Split(field.Tag.Get("protobuf"), ",")
		if len(wire) < 2 {
			continue
		}
		// An embedded struct has no JSON name: its members stand beside those of its owner.
		tag := field.Tag.Get("json")
		text := strings.Split(tag, ",")[0] + ":" + expression(field.Type)
		// Go leaves out what is zero, and writes it to protobuf all the same.
		if field.Type.Kind() != reflect.Pointer && (strings.Contains(tag, ",omitempty") || strings.Contains(tag, ",omitzero")) {
			text += "?"
		}
		fields[wire[1]] = text
	}
}

func main() {
	kinds := map[string]string{}
	for apiVersion, roots := range map[string][]any{
		"v1": {corev1.Node{}, corev1.Pod{}, corev1.Namespace{}, corev1.ConfigMap{}, corev1.Secret{}, corev1.Service{}, corev1.Event{}, corev1.ServiceAccount{},
			corev1.PersistentVolumeClaim{}, corev1.PersistentVolume{}, corev1.ResourceQuota{}, corev1.LimitRange{}, corev1.Binding{}, metav1.DeleteOptions{}},
		"apps/v1":                      {appsv1.Deployment{}, appsv1.ReplicaSet{}, appsv1.DaemonSet{}, appsv1.StatefulSet{}},
		"batch/v1":                     {batchv1.Job{}, batchv1.CronJob{}},
		"policy/v1":                    {policyv1.PodDisruptionBudget{}, policyv1.Eviction{}},
		"coordination.k8s.io/v1":       {coordinationv1.Lease{}},
		"events.k8s.io/v1":             {eventsv1.Event{}},
		"storage.k8s.io/v1":            {storagev1.VolumeAttachment{}},
		"scheduling.k8s.io/v1":         {schedulingv1.PriorityClass{}},
		"autoscaling/v1":               {autoscalingv1.Scale{}},
		"rbac.authorization.k8s.io/v1": {rbacv1.Role{}, rbacv1.RoleBinding{}, rbacv1.ClusterRole{}, rbacv1.ClusterRoleBinding{}},
		"authentication.k8s.io/v1":     {authenticationv1.SelfSubjectReview{}, authenticationv1.TokenReview{}, authenticationv1.TokenRequest{}},
		"authorization.k8s.io/v1": {authorizationv1.SelfSubjectAccessReview{}, authorizationv1.SubjectAccessReview{},
			authorizationv1.LocalSubjectAccessReview{}, authorizationv1.SelfSubjectRulesReview{}},
	} {
		for _, root := range roots {
			t := reflect.TypeOf(root)
			visit(t)
			kinds[apiVersion+" "+t.Name()] = name(t)
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	encoder.Encode(map[string]any{"kinds": kinds, "messages": messages})
}
